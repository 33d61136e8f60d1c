import { compareTexts, type TextPair } from '@retort/corpus';
import { describe, expect, it } from 'vitest';

const OPTIONS = { resamples: 100, seed: 0 };
const WORDS = ['awful', 'weak', 'plain', 'nice', 'superb'];

/** Ten prompts of five images each; A's words tell the MOS, B always says the same. */
function pairs(): TextPair[] {
  return Array.from({ length: 50 }, (_, row) => ({
    image: `${row}.jpg`,
    imagePrompt: `prompt ${row % 10}`,
    mos: 0.5 + (Math.floor(row / 10) % 5),
    a: `The picture looks ${WORDS[Math.floor(row / 10) % 5]}. It is fair.`,
    b: 'A poor picture.',
  }));
}

describe('compareTexts', () => {
  it('says whose words predict the MOS of prompts held out, with a paired interval', () => {
    const { mos, pairs: n, imagePrompts, perPair } = compareTexts(pairs(), OPTIONS);
    expect([n, imagePrompts]).toEqual([50, 10]);
    if (mos.kind !== 'fitted') throw new Error(mos.reason);
    expect(mos.rows).toBe(50);
    expect(mos.a.srcc.value).toBeGreaterThan(0.9);
    expect(mos.b.srcc.value ?? 0).toBeLessThan(0.1);
    expect(mos.difference.accuracy.high).toBeLessThan(0);
    expect(mos.floorAccuracy).toBeCloseTo(0.2, 12);
    expect(perPair[0]?.predictedA).toBeLessThan(perPair[40]?.predictedA ?? 0);
  });

  it('measures agreement beside what another image’s text would give', () => {
    const same = pairs().map((pair) => ({ ...pair, b: pair.a }));
    const { agreement } = compareTexts(same, OPTIONS);
    expect(agreement.same).toBe(50);
    expect(agreement.rougeL).toEqual({ value: 1, low: 1, high: 1 });
    // Of seven words six are in every text: 2 * 6 / 14, unless the other image has the same word.
    expect(agreement.chance.rougeL).toBeGreaterThanOrEqual(6 / 7 - 1e-9);
    expect(agreement.chance.rougeL).toBeLessThan(1);
    expect(compareTexts(pairs(), OPTIONS).agreement.same).toBe(0);
  });

  it('measures lengths in characters, words and sentences', () => {
    const { lengths } = compareTexts(pairs(), OPTIONS);
    const words = lengths.find(({ unit }) => unit === 'words');
    expect(words).toEqual({
      unit: 'words',
      a: { median: 7, p10: 7, p90: 7 },
      b: { median: 3, p10: 3, p90: 3 },
      difference: { value: -4, low: -4, high: -4 },
    });
    expect(lengths.find(({ unit }) => unit === 'sentences')?.a.median).toBe(2);
  });

  it('counts the one word label that an answer holds, and how often it is right', () => {
    // A says "fair" (MOS 2 to 3: ten of fifty), B "poor" (1 to 2: ten others).
    const { labels } = compareTexts(pairs(), OPTIONS);
    expect(labels).toMatchObject({ a: { answers: 50, right: 10 }, b: { answers: 50, right: 10 }, both: 50 });
    expect(labels.difference.value).toBeCloseTo(0, 12);
    expect(labels.difference.low).toBeLessThanOrEqual(0);
  });

  it('names the words of each side', () => {
    const { words } = compareTexts(pairs(), OPTIONS);
    expect(words.a.map(({ word }) => word)).toContain('fair');
    expect(words.b.map(({ word }) => word)).toEqual(expect.arrayContaining(['poor', 'a']));
  });

  it.each([
    ['unrated rows', { mos: null }, '0 rated rows'],
    ['one prompt', { imagePrompt: 'one' }, '1 image prompts'],
  ] as const)('fits nothing on %s, and says why', (_what, change, expected) => {
    const { mos } = compareTexts(
      pairs().map((pair) => ({ ...pair, ...change })),
      OPTIONS,
    );
    expect(mos).toEqual({ kind: 'not-fitted', reason: expect.stringContaining(expected) });
  });

  it('is the same for the same seed', () => {
    expect(compareTexts(pairs(), OPTIONS)).toEqual(compareTexts(pairs(), OPTIONS));
  });
});
