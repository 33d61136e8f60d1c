import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../launch.py', import.meta.url));

export interface LaunchOptions {
  /** Any Python 3: it runs the launcher, which then becomes the program. */
  readonly python: string;
  readonly program: string;
  readonly args: readonly string[];
  /** A file on which the program holds an exclusive lock for as long as it lives. */
  readonly lockFile?: string;
  readonly stdio: SpawnOptions['stdio'];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Starts a program that dies with this process, even when this one is killed with SIGKILL. It has a process group of its
 * own, so that Ctrl-C reaches us first. Call it from the main thread only: the kernel ties the child to the thread.
 */
export function launch(options: LaunchOptions): ChildProcess {
  const lock = options.lockFile === undefined ? [] : ['--lock', options.lockFile];
  const args = [LAUNCHER, '--parent', String(process.pid), ...lock, '--', options.program, ...options.args];
  return spawn(options.python, args, {
    stdio: options.stdio,
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}
