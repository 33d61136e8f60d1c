import { describe, expect, it } from 'vitest';
import { assignSplits, CorpusUsageError } from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { grid, sidesOf, unitsBySplit } from './grid.ts';

describe('assignSplits by image prompt', () => {
  it('puts each of 30 prompts on one side, 18, 6 and 6', () => {
    const samples = grid();
    const sides = sidesOf(
      samples,
      assignSplits(samples, { by: 'image-prompt', seed: 1 }),
      (s) => s.imagePrompt,
    );
    expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
    expect(unitsBySplit(sides)).toEqual({ train: 18, val: 6, test: 6 });
  });

  it('divides the prompts of the sample 18, 6 and 6, the same for both aspects', async () => {
    const samples = (await readAgiqaConversations(SAMPLE_DIR)).map((c) => ({ ...c, name: c.sampleName }));
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 7 });
    const sides = sidesOf(samples, splits, (s) => s.imagePrompt);
    expect(splits.size).toBe(297);
    expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
    expect(unitsBySplit(sides)).toEqual({ train: 18, val: 6, test: 6 });
  });

  it('does not depend on the order of the samples, and does on the seed', () => {
    const samples = grid();
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 1 });
    const reversed = assignSplits([...samples].reverse(), { by: 'image-prompt', seed: 1 });
    const other = assignSplits(samples, { by: 'image-prompt', seed: 2 });
    const split = (name: string) => [splits, reversed, other].map((map) => map.get(name));
    expect(samples.every(({ name }) => split(name)[0] === split(name)[1])).toBe(true);
    expect(samples.some(({ name }) => split(name)[0] !== split(name)[2])).toBe(true);
  });

  it('keeps the test set when the share of validation changes', () => {
    const testNames = (val: number) =>
      [
        ...assignSplits(grid(), {
          by: 'image-prompt',
          seed: 1,
          fractions: { train: 0.8 - val, val, test: 0.2 },
        }),
      ]
        .filter(([, split]) => split === 'test')
        .map(([name]) => name);
    expect(testNames(0.1)).toEqual(testNames(0.3));
  });

  it('takes prompts that differ in case and white space for one', () => {
    const variants = ['A Cat', ' a  cat', 'a cat\n', 'A CAT'].map((imagePrompt, i) => ({
      name: `v${i}`,
      imagePrompt,
      imageHash: `v${i}`,
      generator: null,
    }));
    const splits = assignSplits([...grid(), ...variants], { by: 'image-prompt', seed: 3 });
    expect(new Set(variants.map(({ name }) => splits.get(name))).size).toBe(1);
  });

  it('keeps prompts together that share an identical image, through any chain', () => {
    const samples = grid();
    const chained = samples.map((sample, i) =>
      i % 30 < 5 && i < 30 ? { ...sample, imageHash: 'same' } : sample,
    );
    for (let seed = 0; seed < 20; seed += 1) {
      const splits = assignSplits(chained, { by: 'image-prompt', seed });
      const joined = chained.filter((_, i) => i % 30 < 5).map(({ name }) => splits.get(name));
      expect(new Set(joined).size).toBe(1);
      expect(unitsBySplit(sidesOf(chained, splits, (s) => s.imagePrompt))).toEqual({
        train: 18,
        val: 6,
        test: 6,
      });
    }
  });

  it('makes each image without a prompt a group of its own', () => {
    const samples = grid().map((sample) => ({ ...sample, imagePrompt: null }));
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 1 });
    expect(unitsBySplit(sidesOf(samples, splits, (s) => s.name))).toEqual({ train: 180, val: 60, test: 60 });
  });

  it.each([
    [1, { train: 1, val: 0, test: 0 }],
    [2, { train: 2, val: 0, test: 0 }],
    [3, { train: 1, val: 1, test: 1 }],
    [7, { train: 5, val: 1, test: 1 }],
  ])('divides %d prompts as far as that goes', (prompts, expected) => {
    const samples = grid().slice(0, prompts);
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 1 });
    expect(unitsBySplit(sidesOf(samples, splits, (s) => s.imagePrompt))).toEqual(expected);
  });

  it.each([
    { train: 0, val: 0.5, test: 0.5 },
    { train: 0.6, val: 0.6, test: -0.2 },
    { train: 0.5, val: 0.2, test: 0.2 },
    { train: Number.NaN, val: 0.2, test: 0.2 },
  ])('refuses fractions $train/$val/$test', (fractions) => {
    expect(() => assignSplits(grid(), { by: 'image-prompt', seed: 1, fractions })).toThrow(CorpusUsageError);
  });
});
