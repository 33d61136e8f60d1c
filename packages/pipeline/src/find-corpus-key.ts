import { RetortError } from '@retort/schema';
import type { PipelineDeps } from './pipeline-deps.ts';

const HASH_NAME = 'sha256:';

export class CorpusNotFoundError extends RetortError {
  readonly code = 'not-found';
  constructor(prefix: string, found: readonly string[]) {
    super(
      found.length === 0
        ? `There is no corpus ${prefix} in this home: "distill status" names the latest run's.`
        : `Several corpora of this home begin with ${prefix}: give more of the key.`,
    );
  }
}

/** The corpus whose key begins so, with or without its `sha256:`. @throws CorpusNotFoundError none or several do */
export function findCorpusKey({ store }: Pick<PipelineDeps, 'store'>, prefix: string): string {
  const found = store.corpora.keysBeginning(prefix.startsWith(HASH_NAME) ? prefix : HASH_NAME + prefix);
  const [key] = found;
  if (key === undefined || found.length > 1) throw new CorpusNotFoundError(prefix, found);
  return key;
}
