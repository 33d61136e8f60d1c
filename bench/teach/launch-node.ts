import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { findPython, launch } from '@retort/environment';

/** Starts a script as a process that can't outlive this one: a bench that is broken off leaves nothing running. */
export async function launchNode(
  script: string,
  args: readonly string[],
  options: { readonly stdio: SpawnOptions['stdio']; readonly env?: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  const { executable: python } = await findPython(process.env.RETORT_PYTHON);
  return launch({ python, program: process.execPath, args: [script, ...args], ...options });
}
