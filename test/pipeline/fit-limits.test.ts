import { unfittableReason } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import type { ScorerInputs } from '../../packages/pipeline/src/scorer-inputs.ts';
import type { ScorerRow } from '../../packages/pipeline/src/scorer-rows.ts';

function rowsOf(split: ScorerRow['split'], count: number): ScorerRow[] {
  return Array.from({ length: count }, (_, number) => ({
    sampleName: `${split}-${number}`,
    imagePath: `/${split}-${number}.jpg`,
    imageHash: `sha256:${split}${number}`,
    imagePrompt: `${split} prompt ${number}`,
    generator: null,
    generatorSetting: null,
    split,
    mos: { quality: number % 5 },
  }));
}

function inputsOf(rows: readonly ScorerRow[], more: Partial<ScorerInputs> = {}): ScorerInputs {
  const revisions = { image: 'image.v1', text: 'text.v1' };
  const keys = { encoder: 'embedded', revisions, encodeKey: 'sha256:a', fitKey: 'sha256:b', config: {} };
  return { rows, aspects: ['quality'], ...keys, ...more };
}

describe('unfittableReason', () => {
  it('is none where train, val and test have what a fit needs', async () => {
    const rows = [...rowsOf('train', 40), ...rowsOf('val', 4), ...rowsOf('test', 4)];
    expect(await unfittableReason(inputsOf(rows))).toBeNull();
  });

  it('names the split that is too small', async () => {
    const rows = [...rowsOf('train', 40), ...rowsOf('val', 1), ...rowsOf('test', 4)];
    expect(await unfittableReason(inputsOf(rows))).toBe(
      'The dataset is too small for a scorer: 1 rated image prompts in val for quality, 2 are needed.',
    );
  });

  it('asks for no val rows under the legacy protocol, which trains on them', async () => {
    const rows = [...rowsOf('train', 40), ...rowsOf('test', 4)];
    expect(await unfittableReason(inputsOf(rows, { protocol: 'legacy' }))).toBeNull();
    expect(await unfittableReason(inputsOf(rows))).toMatch(/0 rated image prompts in val/);
  });
});
