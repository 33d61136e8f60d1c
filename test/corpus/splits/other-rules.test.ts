import type { Split } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import {
  assignSplits,
  CorpusUsageError,
  describeLeakage,
  SplitLeaksError,
  type SplitOptions,
  type SplitSample,
  SplitUnavailableError,
  splitRuleNotes,
} from '../../../packages/corpus/src/index.ts';
import { grid, sidesOf, unitsBySplit } from './grid.ts';

/** The grid with the last two generators published as test. */
function published(sideOf: (sample: SplitSample) => Split | null = sideByGenerator): readonly SplitSample[] {
  return grid().map((sample) => ({ ...sample, publishedSplit: sideOf(sample) }));
}

function sideByGenerator({ generator }: SplitSample): Split {
  return generator === 'generator 8' || generator === 'generator 9' ? 'test' : 'train';
}

const leaking = { seed: 1, allowLeakage: true } as const;

describe('assignSplits by generator', () => {
  it('holds whole generators out for test and carves validation by prompt', () => {
    const samples = grid();
    const splits = assignSplits(samples, { ...leaking, by: 'generator' });
    const generators = sidesOf(samples, splits, (s) => s.generator);
    const tested = [...generators.values()].filter((sides) => sides.has('test'));
    expect(tested).toHaveLength(2);
    expect(tested.every((sides) => sides.size === 1)).toBe(true);
    const seen = samples.filter(({ name }) => splits.get(name) !== 'test');
    expect(unitsBySplit(sidesOf(seen, splits, (s) => s.imagePrompt))).toEqual({ train: 22, val: 8, test: 0 });
  });

  it('leaves out the one generator that is named', () => {
    const samples = grid();
    const splits = assignSplits(samples, { ...leaking, by: 'generator', holdOut: 'generator 3' });
    for (const { name, generator } of samples) {
      expect(splits.get(name) === 'test').toBe(generator === 'generator 3');
    }
  });

  it('holds out with it a generator that has an identical image', () => {
    const samples = grid().map((sample) =>
      sample.name === '0.jpg' || sample.name === '30.jpg' ? { ...sample, imageHash: 'same' } : sample,
    );
    const splits = assignSplits(samples, { ...leaking, by: 'generator', holdOut: 'generator 1' });
    const tested = samples.filter(({ name }) => splits.get(name) === 'test');
    expect(new Set(tested.map(({ generator }) => generator))).toEqual(
      new Set(['generator 0', 'generator 1']),
    );
  });

  it('names the generators there are when it knows none of that name, and needs two', () => {
    const unknown = () => assignSplits(grid(), { ...leaking, by: 'generator', holdOut: 'dalle' });
    expect(unknown).toThrow(SplitUnavailableError);
    expect(unknown).toThrow(/"dalle".*generator 0, generator 1/);
    const one = grid().map((sample) => ({ ...sample, generator: null }));
    expect(() => assignSplits(one, { ...leaking, by: 'generator' })).toThrow(SplitUnavailableError);
  });

  it('is clean, and needs no leave, where generators share no prompt', () => {
    const samples = grid().map((sample) => ({
      ...sample,
      imagePrompt: `${sample.imagePrompt} ${sample.generator}`,
    }));
    const splits = assignSplits(samples, { by: 'generator', seed: 1 });
    expect(describeLeakage(samples, splits, 'generator')).toEqual([]);
  });
});

describe('assignSplits at random', () => {
  it('spreads images but keeps identical ones together', () => {
    const samples = grid().map((sample, i) => ({ ...sample, imageHash: `hash ${i % 100}` }));
    const sides = sidesOf(samples, assignSplits(samples, { ...leaking, by: 'random' }), (s) => s.imageHash);
    expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
    expect(unitsBySplit(sides)).toEqual({ train: 60, val: 20, test: 20 });
    expect(splitRuleNotes('random')).toMatch(/leaks/);
  });
});

describe('assignSplits by the published split', () => {
  it('carves validation from train by prompt where none was published, and leaves test alone', () => {
    const samples = published();
    const splits = assignSplits(samples, { ...leaking, by: 'paper' });
    for (const sample of samples) {
      expect(splits.get(sample.name) === 'test').toBe(sample.publishedSplit === 'test');
    }
    const train = samples.filter(({ publishedSplit }) => publishedSplit === 'train');
    const sides = sidesOf(train, splits, (s) => s.imagePrompt);
    expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
    expect(unitsBySplit(sides)).toEqual({ train: 22, val: 8, test: 0 });
  });

  it('takes the validation that was published', () => {
    const samples = published((s) => (s.generator === 'generator 0' ? 'val' : sideByGenerator(s)));
    const splits = assignSplits(samples, { ...leaking, by: 'paper' });
    expect(samples.every((s) => splits.get(s.name) === s.publishedSplit)).toBe(true);
  });

  it.each([
    ['no side at all', published(() => null), /No image .* has a published side.*"split"/],
    [
      'no side of some',
      published((s) => (s.name === '7.jpg' ? null : sideByGenerator(s))),
      /1 of 300 .*7\.jpg/,
    ],
    ['train alone', published(() => 'train'), /published side train; its test images aren't/],
    ['test alone', published(() => 'test'), /published side test; its train images aren't/],
  ])('refuses images with %s', (_case, samples, message) => {
    const split = () => assignSplits(samples, { ...leaking, by: 'paper' });
    expect(split).toThrow(SplitUnavailableError);
    expect(split).toThrow(message);
    expect(split).toThrow(/--split-by image-prompt/);
  });
});

describe('a split that leaks', () => {
  it.each([
    ['random', grid()],
    ['generator', grid()],
    ['paper', published()],
  ] as const)('is refused by %s with what was measured, unless that was allowed', (by, samples) => {
    const refused = () => assignSplits(samples, { by, seed: 1 });
    expect(refused).toThrow(SplitLeaksError);
    expect(refused).toThrow(/\d+ of \d+ test images share their image prompt with train.*--allow-leakage/);
    expect(refused).toThrow(expect.objectContaining({ code: 'split-leaks' }));
    expect(assignSplits(samples, { by, seed: 1, allowLeakage: true }).size).toBe(300);
  });

  it('is measured: prompts in common, and identical images', () => {
    const samples = published().map((s, i) => (i === 0 || i === 299 ? { ...s, imageHash: 'same' } : s));
    const splits = new Map(samples.map((s): [string, Split] => [s.name, sideByGenerator(s)]));
    expect(describeLeakage(samples, splits, 'paper')).toEqual([
      expect.stringContaining('never counts as clean'),
      '60 of 60 test images share their image prompt with train.',
      '1 of 60 test images are in train as well, byte for byte.',
    ]);
  });

  it("never counts as clean by the paper's split or at random, whatever was measured", () => {
    const samples = published().map((sample) => ({ ...sample, imagePrompt: null }));
    for (const by of ['paper', 'random'] as const) {
      expect(() => assignSplits(samples, { by, seed: 1 })).toThrow(SplitLeaksError);
      const splits = assignSplits(samples, { ...leaking, by });
      expect(describeLeakage(samples, splits, by)).toHaveLength(1);
    }
  });

  it('is none that a split by image prompt makes', () => {
    const splits = assignSplits(grid(), { by: 'image-prompt', seed: 1 });
    expect(describeLeakage(grid(), splits, 'image-prompt')).toEqual([]);
  });
});

describe('options that do not go together', () => {
  it.each<[string, SplitOptions]>([
    ['a fold of none', { by: 'image-prompt', seed: 1, fold: { folds: 5, fold: 0 } }],
    ['a fold beyond the last', { by: 'image-prompt', seed: 1, fold: { folds: 5, fold: 6 } }],
    ['one fold', { by: 'image-prompt', seed: 1, fold: { folds: 1, fold: 1 } }],
    ['half a fold', { by: 'image-prompt', seed: 1, fold: { folds: 2.5, fold: 1 } }],
    ['folds of a random split', { ...leaking, by: 'random', fold: { folds: 5, fold: 1 } }],
    ['a generator held out by prompt', { by: 'image-prompt', seed: 1, holdOut: 'generator 1' }],
  ])('refuses %s', (_case, options) => {
    expect(() => assignSplits(grid(), options)).toThrow(CorpusUsageError);
  });
});
