import { ensureScorerEnvironment, startScorer } from '@retort/pipeline';
import type { ScorerCommand, ScorerEvent } from '@retort/scorer';
import { resolveCache } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Runs one command in a scorer process of its own; `libraries` are put on its Python path. */
export async function runScorerCommand(
  command: ScorerCommand,
  { env, say }: Terminal,
  onEvent: (event: ScorerEvent) => void = () => undefined,
): Promise<Record<string, unknown>> {
  const onInstall = (): void => say('installing PyTorch (about 1 GB, once)');
  const scorer = startScorer(await ensureScorerEnvironment({ cacheDir: resolveCache(env), env, onInstall }));
  try {
    return await scorer.run(command, onEvent);
  } finally {
    await scorer.stop();
  }
}
