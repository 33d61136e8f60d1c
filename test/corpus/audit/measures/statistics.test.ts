import { describe, expect, it } from 'vitest';
import { associationOf } from '../../../../packages/corpus/src/audit/measures/association.ts';
import { createHashSample } from '../../../../packages/corpus/src/audit/measures/hash-sample.ts';
import {
  predictByPrompt,
  predictBySetting,
} from '../../../../packages/corpus/src/audit/measures/metadata-predictions.ts';
import { createFloatList } from '../../../../packages/corpus/src/audit/measures/number-list.ts';
import { figuresOfPredictions } from '../../../../packages/corpus/src/audit/measures/prediction-figures.ts';
import {
  createRatingCollector,
  type RatingRow,
} from '../../../../packages/corpus/src/audit/measures/rating-columns.ts';
import { robustSpread } from '../../../../packages/corpus/src/audit/measures/robust-spread.ts';
import { textKey, textShare } from '../../../../packages/corpus/src/audit/measures/text-key.ts';

function columnsOf(rows: readonly RatingRow[]) {
  const collector = createRatingCollector();
  for (const row of rows) collector.add(row);
  return collector.columns();
}

const rated = (
  mos: number,
  generatorSetting: string,
  imagePrompt: string,
  split: RatingRow['split'] = null,
) => ({
  mos,
  generatorSetting,
  imagePrompt,
  split,
});

describe('predictBySetting', () => {
  it('says the mean of the setting over the other folds, never the row’s own image prompt', () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      rated(i % 2 === 0 ? 1 : 4, i % 2 === 0 ? 'old' : 'new', `prompt ${i}`),
    );
    const alike = predictBySetting(columnsOf(rows));
    expect([...alike]).toEqual(rows.map(({ mos }) => mos));
    // One prompt is far off: rows of its own prompt don't hear of it, rows of other folds do.
    const [first, ...rest] = rows.map((row, i) => (i === 0 ? { ...row, mos: 100 } : row));
    const twin = { ...rated(1, 'old', 'PROMPT  0') };
    const predicted = predictBySetting(columnsOf([...(first === undefined ? [] : [first]), ...rest, twin]));
    expect(predicted[0]).toBe(1);
    expect(predicted[60]).toBe(1);
    expect(Math.max(...predicted.filter((_, i) => i % 2 === 0))).toBeGreaterThan(2);
  });

  it('says nothing where the setting has one image prompt', () => {
    expect(predictBySetting(columnsOf([rated(1, 'a', 'x'), rated(2, 'a', 'x')]))).toEqual(
      Float64Array.of(NaN, NaN),
    );
  });
});

describe('predictByPrompt', () => {
  it('adds what the image prompt is above its settings in train, for rows outside train alone', () => {
    const columns = columnsOf([
      rated(1, 'old', 'dull', 'train'),
      rated(2, 'old', 'fine', 'train'),
      rated(3, 'new', 'dull', 'train'),
      rated(4, 'new', 'fine', 'train'),
      rated(9, 'new', 'fine', 'test'),
      rated(9, 'old', 'dull', 'val'),
      rated(9, 'old', 'unseen', 'test'),
      rated(9, 'unseen', 'dull', 'test'),
    ]);
    expect([...predictByPrompt(columns)]).toEqual([NaN, NaN, NaN, NaN, 4, 1, NaN, NaN]);
  });
});

describe('figuresOfPredictions', () => {
  it('counts exact words, neighbouring words and ranks, over the rows that are asked for', () => {
    const mos = Float64Array.of(0.5, 1.5, 2.5, 4.5, 3);
    const predicted = Float64Array.of(0.6, 2.5, 2.6, 1.5, NaN);
    expect(figuresOfPredictions(predicted, mos, () => true)).toMatchObject({
      n: 4,
      accuracy: 0.5,
      roughAccuracy: 0.75,
    });
    const three = figuresOfPredictions(predicted, mos, (row) => row < 3);
    expect(three).toMatchObject({ n: 3, srcc: 1, roughAccuracy: 1 });
    expect(figuresOfPredictions(predicted, mos, (row) => row === 4)).toBeNull();
  });
});

describe('associationOf', () => {
  const sums = (values: readonly number[], words: readonly number[]) => ({
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    squares: values.reduce((a, b) => a + b * b, 0),
    words,
  });

  it('is 1 where the generator says everything', () => {
    const both = associationOf([sums([1, 1], [0, 2, 0]), sums([3, 3], [0, 0, 2])]);
    expect(both.etaSquared).toBe(1);
    expect(both.normalisedInformation).toBeCloseTo(1);
  });

  it('is 0 where it says nothing, with what chance would give beside it', () => {
    const none = associationOf([sums([1, 3], [0, 1, 1]), sums([1, 3], [0, 1, 1])]);
    expect(none).toMatchObject({ n: 4, etaSquared: 0, etaSquaredByChance: 1 / 3 });
    expect(none.normalisedInformation).toBeCloseTo(0);
    // One degree of freedom over 2 n, over ln 2.
    expect(none.informationByChance).toBeCloseTo(1 / 8 / Math.LN2);
    expect(none.z).toBeCloseTo(-1 / Math.sqrt(2));
  });

  it('has no information where all words are the same', () => {
    expect(associationOf([sums([1, 1], [2, 0]), sums([1, 1], [2, 0])])).toMatchObject({
      etaSquared: 0,
      normalisedInformation: null,
      z: null,
    });
  });
});

describe('createHashSample', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `data/quality/${i}.jpg`);
  const sampleOf = (some: readonly string[], limit: number) => {
    const sample = createHashSample<string>(limit);
    for (const id of some) sample.offer(id, () => id);
    return sample;
  };

  it('takes everything as long as it fits', () => {
    expect(sampleOf(ids, 5000).items().toSorted()).toEqual(ids.toSorted());
  });

  it('takes between half the limit and the limit of more, the same in any order', () => {
    const sample = sampleOf(ids, 1000);
    expect(sample.offered).toBe(5000);
    expect(sample.items().length).toBeGreaterThan(400);
    expect(sample.items().length).toBeLessThanOrEqual(1000);
    expect(sampleOf(ids.toReversed(), 1000).items()).toEqual(sample.items());
  });
});

describe('textKey', () => {
  it('tells texts apart and spreads them evenly', () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `a photo of ${i} cats, image ${i % 7}`);
    expect(new Set(texts.map(textKey)).size).toBe(texts.length);
    const tenths = new Array<number>(10).fill(0);
    for (const text of texts)
      tenths[Math.floor(textShare(text) * 10)] = (tenths[Math.floor(textShare(text) * 10)] ?? 0) + 1;
    // 2,000 each, standard deviation 42.
    expect(Math.min(...tenths)).toBeGreaterThan(1800);
    expect(Math.max(...tenths)).toBeLessThan(2200);
    const folds = Map.groupBy(texts, (text) => textKey(text) % 5);
    expect(Math.min(...[...folds.values()].map(({ length }) => length))).toBeGreaterThan(3750);
  });
});

describe('robustSpread', () => {
  it('is not moved by a few odd values', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => i);
    const odd = values.map((value, i) => (i > 98 ? 1e9 : value));
    expect(robustSpread(values)).toEqual({ median: 50, deviation: 1.4826 * 25 });
    expect(robustSpread(odd)).toEqual({ median: 50, deviation: 1.4826 * 25 });
  });
});

describe('createFloatList', () => {
  it('keeps what was pushed, however much', () => {
    const list = createFloatList();
    for (let i = 0; i < 1000; i += 1) list.push(i / 2);
    expect(list.length).toBe(1000);
    expect([...list.values()]).toEqual(Array.from({ length: 1000 }, (_, i) => i / 2));
    expect(list.at(1000)).toBeNaN();
  });
});
