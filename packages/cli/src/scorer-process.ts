import { ensureOnnxLibrary, ensureScorerEnvironment, startScorer } from '@retort/pipeline';
import type { ScorerCommand, ScorerEvent } from '@retort/scorer';
import { resolveCache } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Runs one command in a scorer process of its own; where it writes ONNX, with the packages for that. */
export async function runScorerCommand(
  command: ScorerCommand,
  { env, say }: Terminal,
  onEvent: (event: ScorerEvent) => void = () => undefined,
): Promise<Record<string, unknown>> {
  const cacheDir = resolveCache(env);
  const environment = await ensureScorerEnvironment({
    cacheDir,
    env,
    onInstall: () => say('installing PyTorch (about 1 GB, once)'),
  });
  const wantsOnnx = command.command === 'pack' && command.onnx_images !== null;
  const library = wantsOnnx
    ? await ensureOnnxLibrary({
        cacheDir,
        env,
        onInstall: () => say('installing ONNX (about 110 MB, once)'),
      })
    : undefined;
  const scorer = startScorer(environment, library);
  try {
    return await scorer.run(command, onEvent);
  } finally {
    await scorer.stop();
  }
}
