import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether what it says is held back until it has ended: for programs that run side by side. */
  readonly held?: boolean;
}

/** Runs a program on this terminal to its end; returns its exit code, 1 when a signal ended it. */
export function runProgram(
  program: string,
  args: readonly string[],
  { held = false, ...options }: ProgramOptions,
): Promise<number> {
  return new Promise((done, fail) => {
    const said: Buffer[] = [];
    const child = spawn(program, args, { stdio: held ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => said.push(part));
    child.on('error', fail);
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      done(code ?? 1);
    });
  });
}
