import { ensureScorerEnvironment, startScorer } from '@retort/pipeline';
import type { Scorer } from '@retort/scorer';
import { resolveCache } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Starts the scorer's process, hands it to `work` and ends it. */
export async function withScorer<T>(terminal: Terminal, work: (scorer: Scorer) => Promise<T>): Promise<T> {
  const { env } = terminal;
  const onInstall = (): void => terminal.say('installing PyTorch (about 1 GB, once)');
  const scorer = startScorer(await ensureScorerEnvironment({ cacheDir: resolveCache(env), env, onInstall }));
  try {
    return await work(scorer);
  } finally {
    await scorer.stop();
  }
}
