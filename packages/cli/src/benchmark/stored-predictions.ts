import { existsSync } from 'node:fs';
import type { CorpusManifest } from '@retort/corpus';
import { createPipelineDeps, loadCorpus } from '@retort/pipeline';
import { shortHex } from '@retort/schema';
import { storeFile } from '@retort/store';
import { promptsFolder } from '../repository.ts';

/** Test predictions of every fit in a home for images of these names, as the scorer reads them; none without a home. */
export function storedPredictions(
  home: string,
  names: ReadonlySet<string>,
): readonly Readonly<Record<string, unknown>>[] {
  if (!existsSync(storeFile(home))) return [];
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
  try {
    const { training } = deps.store;
    return training.keys().flatMap((key) => {
      const test = training
        .predictions(key)
        .filter(({ split, sampleName }) => split === 'test' && names.has(sampleName));
      const corpusKey = test.length === 0 ? undefined : training.get(key)?.corpusKey;
      if (corpusKey === undefined) return [];
      const protocol = protocolOf(loadCorpus(deps, corpusKey).manifest);
      return test.map(({ sampleName, aspect, head, mos, predictedMos }) => ({
        run: shortHex(key),
        head,
        aspect,
        protocol,
        sample_name: sampleName,
        mos,
        predicted_mos: predictedMos,
      }));
    });
  } finally {
    deps.store.close();
  }
}

/** In the words of the scorer's benchmark_protocol.py. */
function protocolOf({ splitBy, fold, leakage = [] }: CorpusManifest): string {
  if (splitBy === 'image-prompt')
    return fold === undefined ? 'prompt-disjoint, one split' : `prompt-disjoint, one fold of ${fold.folds}`;
  const shared = leakage.length > 0 ? ' (prompts shared)' : '';
  if (splitBy === 'paper') return `published split${shared}`;
  return `${splitBy === 'generator' ? 'model-disjoint, ' : ''}one split${shared}`;
}
