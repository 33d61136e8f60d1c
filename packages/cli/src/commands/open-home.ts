import { existsSync } from 'node:fs';
import { createPipelineDeps, type PipelineDeps } from '@retort/pipeline';
import { RetortError } from '@retort/schema';
import { type RunRow, storeFile } from '@retort/store';
import { promptsFolder, resolveHome } from '../repository.ts';
import type { Terminal } from '../terminal/terminal.ts';

export class NoRunError extends RetortError {
  readonly code = 'not-found';
  constructor(home: string) {
    super(
      `There is no run in ${home} yet: start one with "pnpm distill", or name another folder with --home.`,
    );
  }
}

/** Opens a home beside a running distill, hands it to `work` with its latest run, and closes it. @throws NoRunError */
export async function withLatestRun<T>(
  flags: { readonly home?: string },
  terminal: Terminal,
  work: (deps: PipelineDeps, run: RunRow) => Promise<T>,
): Promise<T> {
  const home = resolveHome(flags.home, terminal.env);
  if (!existsSync(storeFile(home))) throw new NoRunError(home);
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
  try {
    const run = deps.store.runs.latest();
    if (run === null) throw new NoRunError(home);
    return await work(deps, run);
  } finally {
    deps.store.close();
  }
}
