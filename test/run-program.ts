import { spawn } from 'node:child_process';

/** Runs a program on this terminal to its end; returns its exit code, 1 when a signal ended it. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}
