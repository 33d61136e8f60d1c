import { type CorpusManifest, evaluationRow } from '@retort/corpus';
import { type CorpusRow, RetortError } from '@retort/schema';
import type { PipelineDeps } from './pipeline-deps.ts';

export class CorpusMissingError extends RetortError {
  readonly code = 'not-found';
  constructor(key: string) {
    super(`There is no corpus ${key} in this home: run "distill" to build it.`);
  }
}

/** What a corpus of the store is, and where it was exported; null before. @throws CorpusMissingError */
export function loadCorpus(
  { store }: Pick<PipelineDeps, 'store'>,
  key: string,
): { manifest: CorpusManifest; path: string | null } {
  const corpus = store.corpora.get(key);
  if (corpus === null) throw new CorpusMissingError(key);
  // Written by buildRunCorpus and fixCorpus, and by nothing else.
  return { manifest: corpus.manifest as CorpusManifest, path: corpus.path };
}

/** Rows of a stored corpus as its splits may show them, one at a time. */
export function* exportedRows(deps: PipelineDeps, key: string): Generator<CorpusRow> {
  for (const stored of deps.store.corpora.rows(key)) {
    const row = evaluationRow(stored);
    if (row !== null) yield row;
  }
}
