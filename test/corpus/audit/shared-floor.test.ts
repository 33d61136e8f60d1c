import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { predictBySetting } from '../../../packages/corpus/src/audit/measures/metadata-predictions.ts';
import { figuresOfPredictions } from '../../../packages/corpus/src/audit/measures/prediction-figures.ts';
import { createRatingCollector } from '../../../packages/corpus/src/audit/measures/rating-columns.ts';
import { ratingOf } from '../../../packages/corpus/src/audit/measures/rating-of.ts';
import { textKey } from '../../../packages/corpus/src/audit/measures/text-key.ts';
import { normaliseImagePrompt } from '../../../packages/corpus/src/splits/normalise-image-prompt.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { findIn, GENERATORS, ratedRows } from './rated-rows.ts';

const FIXTURE = new URL('../../fixtures/metadata-floor.json', import.meta.url);

/** What test/scorer/test_floor.py holds the scorer to, too. */
async function readShared(): Promise<{
  readonly definition: string;
  readonly image_prompts: readonly {
    readonly text: string;
    readonly normalised: string;
    readonly key: number;
  }[];
  readonly sample: Readonly<Record<string, Readonly<Record<string, number>>>>;
}> {
  return JSON.parse(await readFile(FIXTURE, 'utf8'));
}

describe('the floor that audit and scorer share', () => {
  it('has the folds of the shared image prompts', async () => {
    for (const { text, normalised, key } of (await readShared()).image_prompts) {
      expect(normaliseImagePrompt(text)).toBe(normalised);
      expect(textKey(normalised)).toBe(key);
    }
  });

  it('has the shared figures on the sample', async () => {
    const { sample } = await readShared();
    for (const [aspect, expected] of Object.entries(sample)) {
      const collector = createRatingCollector();
      for (const conversation of await readAgiqaConversations(SAMPLE_DIR)) {
        const rating = ratingOf(auditRowOf({ ...conversation, split: 'train' }));
        if (rating?.aspect === aspect) collector.add(rating);
      }
      const columns = collector.columns();
      const found = figuresOfPredictions(predictBySetting(columns), columns.mos, () => true);
      const { srcc, plccRaw, ...rest } = found ?? { srcc: null, plccRaw: null };
      expect(srcc).toBeCloseTo(expected.srcc ?? Number.NaN, 12);
      expect(plccRaw).toBeCloseTo(expected.plcc_raw ?? Number.NaN, 12);
      expect(rest).toEqual({
        n: expected.n,
        accuracy: expected.accuracy,
        roughAccuracy: expected.rough_accuracy,
      });
    }
  });

  it('is defined in the shared words', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (_generator, prompt) => ({
      mos: prompt % 5,
    }));
    const [finding] = await findIn('metadata-floor', rows);
    expect(finding?.evidence).toContain((await readShared()).definition);
  });
});
