import { findCorpusKey, loadRunCorpus, type PipelineDeps } from '@retort/pipeline';
import { NoRunError } from './commands/open-home.ts';
import { findRun } from './find-run.ts';
import { UsageError } from './usage-error.ts';

/**
 * Key of the corpus that a person means: the one whose key begins so, else a run's, else the latest run's.
 *
 * @throws UsageError both are named; CorpusNotFoundError, NoRunError, RunCorpusMissingError
 */
export async function chooseCorpus(
  deps: PipelineDeps,
  corpus: string | undefined,
  runId: string | undefined,
  home: string,
): Promise<string> {
  if (corpus !== undefined && runId !== undefined)
    throw new UsageError('A corpus and --run both say what to export: leave one of them out.');
  if (corpus !== undefined) return findCorpusKey(deps, corpus);
  const run = runId === undefined ? deps.store.runs.latest() : findRun(deps.store, runId);
  if (run === null) throw new NoRunError(home);
  return loadRunCorpus(deps, run);
}
