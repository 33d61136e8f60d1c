import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../../packages/corpus/src/compare/bootstrap.ts';
import { distinctiveWords } from '../../../packages/corpus/src/compare/distinctive-words.ts';
import { assignFolds, FOLDS, predictFromText } from '../../../packages/corpus/src/compare/predict-mos.ts';
import { fitRidge, predictRidge } from '../../../packages/corpus/src/compare/ridge.ts';
import { mean, quantile, spearman } from '../../../packages/corpus/src/compare/summary-statistics.ts';

describe('quantile', () => {
  it('is numpy’s', () => {
    for (const [p, expected] of [
      [0.1, 1.6],
      [0.5, 4],
      [0.9, 7.8],
    ] as const) {
      expect(quantile([5, 1, 9, 3], p)).toBeCloseTo(expected, 12);
    }
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('spearman', () => {
  it('is scipy 1.17.1’s, ties included', () => {
    const srcc = spearman([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8]);
    expect(srcc).toBeCloseTo(0.13471506281091267, 12);
  });

  it('isn’t defined of a constant or of nothing', () => {
    expect(spearman([1, 2], [3, 3])).toBeNull();
    expect(spearman([], [])).toBeNull();
  });
});

describe('fitRidge', () => {
  const dense = [
    [1, 0, 2],
    [0, 1, 0],
    [1, 1, 0],
    [0, 0, 3],
    [2, 1, 1],
  ];
  const rows = dense.map((row) => {
    const indexes = [...row.keys()].filter((index) => row[index] !== 0);
    return { indexes, values: indexes.map((index) => row[index] ?? 0) };
  });

  it('finds the weights of scikit-learn 1.9.1’s Ridge(alpha=0.5)', () => {
    const { weights, intercept } = fitRidge(rows, [1, 2, 1.5, 4, 2.5], { features: 3, penalty: 0.5 });
    const reference = [-0.3802008608321376, 0.8981348637015787, 0.7302725968436158];
    for (const [index, weight] of weights.entries()) expect(weight).toBeCloseTo(reference[index] ?? 0, 8);
    expect(intercept).toBeCloseTo(1.0889526542324242, 8);
  });

  it('says the mean where the features say nothing', () => {
    const silent = rows.map(() => ({ indexes: [], values: [] }));
    const model = fitRidge(silent, [1, 2, 3, 4, 5], { features: 3, penalty: 1 });
    expect(predictRidge(model, { indexes: [], values: [] })).toBeCloseTo(3, 12);
  });
});

describe('distinctiveWords', () => {
  it('is the z-score of Monroe et al., worked out by hand', () => {
    const texts = (counts: Record<string, number>) =>
      Object.entries(counts).map(([word, count]) => new Array<string>(count).fill(word));
    const { a, b } = distinctiveWords(texts({ sharp: 30, dog: 30 }), texts({ blurry: 30, dog: 30 }), 5);
    expect(a).toEqual([{ word: 'sharp', z: expect.closeTo(2.383817942672422, 9), a: 30, b: 0 }]);
    expect(b).toEqual([{ word: 'blurry', z: expect.closeTo(-2.383817942672422, 9), a: 0, b: 30 }]);
  });

  it('names nothing where both sides say the same', () => {
    const same = [['a', 'b'], ['a']];
    expect(distinctiveWords(same, same, 5)).toEqual({ a: [], b: [] });
  });
});

describe('bootstrap', () => {
  const options = { resamples: 400, seed: 3 };

  it('draws whole groups: an interval is wider than by row where rows of a group are alike', () => {
    const values = Array.from({ length: 60 }, (_, row) => Math.floor(row / 10));
    const width = (groupOf: string[]) => {
      const { m } = bootstrap(groupOf, { m: (rows) => mean(rows.map((row) => values[row] ?? 0)) }, options);
      expect(m.value).toBeCloseTo(2.5, 12);
      return (m.high ?? 0) - (m.low ?? 0);
    };
    const byGroup = width(values.map(String));
    expect(byGroup).toBeGreaterThan(2 * width(values.map((_, row) => String(row))));
  });

  it('pairs its statistics: a constant difference has no spread', () => {
    const values = [1, 5, 2, 8, 3, 9];
    const { gain } = bootstrap(
      values.map(String),
      { gain: (rows) => mean(rows.map((row) => (values[row] ?? 0) + 1 - (values[row] ?? 0))) },
      options,
    );
    expect(gain).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('is the same for the same seed, and gives no interval from under five groups', () => {
    const run = (groups: number) =>
      bootstrap(
        Array.from({ length: 20 }, (_, row) => String(row % groups)),
        { m: (rows) => mean([...rows]) },
        options,
      ).m;
    expect(run(7)).toEqual(run(7));
    expect(run(4)).toMatchObject({ value: 9.5, low: null, high: null });
  });
});

describe('predictFromText', () => {
  const groupOf = Array.from({ length: 60 }, (_, row) => `prompt ${row % 12}`);

  it('keeps all rows of an image prompt in one fold, and folds even', () => {
    const folds = assignFolds(groupOf, 0);
    for (const group of new Set(groupOf)) {
      expect(new Set(folds.filter((_, row) => groupOf[row] === group)).size).toBe(1);
    }
    const sizes = [...Array(FOLDS).keys()].map((fold) => folds.filter((other) => other === fold).length);
    expect(sizes.sort()).toEqual([10, 10, 10, 15, 15]);
  });

  it('predicts from words that mean something, and never from words that only a held-out prompt has', () => {
    const folds = assignFolds(groupOf, 0);
    const mos = groupOf.map((_, row) => 1 + (row % 12) / 4);
    // What the text says is the MOS's half; or a word that is unique to the prompt, which would be a leak.
    const telling = mos.map((value) => [value > 2.4 ? 'sharp' : 'blurry', 'image']);
    const leaking = groupOf.map((group) => [group, 'image']);
    const srcc = (texts: string[][]) => spearman(predictFromText(texts, mos, folds), mos) ?? 0;
    expect(srcc(telling)).toBeGreaterThan(0.5);
    expect(srcc(leaking)).toBeLessThan(0.2);
  });
});
