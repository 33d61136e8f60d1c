import {
  ensureScorerEnvironment,
  ensureScorerLibrary,
  type ScorerLibrary,
  startScorer,
} from '@retort/pipeline';
import type { Scorer } from '@retort/scorer';
import { resolveCache } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What is said of a library while it is installed. */
const LIBRARY_WORDS: Readonly<Record<ScorerLibrary, string>> = {
  onnx: 'ONNX (about 110 MB, once)',
  baselines: 'timm and torchvision (about 95 MB, once)',
};

/** Starts the scorer's process, with a library on its path where `work` needs one, hands it to `work` and ends it. */
export async function withScorer<T>(
  { env, say }: Terminal,
  work: (scorer: Scorer) => Promise<T>,
  library?: ScorerLibrary,
): Promise<T> {
  const cacheDir = resolveCache(env);
  const installing = (what: string) => (): void => say(`installing ${what}`);
  const onInstall = installing('PyTorch (about 1 GB, once)');
  const environment = await ensureScorerEnvironment({ cacheDir, env, onInstall });
  const { python } = environment;
  const path =
    library === undefined
      ? undefined
      : await ensureScorerLibrary(library, {
          cacheDir,
          python,
          onInstall: installing(LIBRARY_WORDS[library]),
        });
  const scorer = startScorer(environment, path);
  try {
    return await work(scorer);
  } finally {
    await scorer.stop();
  }
}
