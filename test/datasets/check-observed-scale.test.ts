import { describe, expect, it } from 'vitest';
import { checkObservedScale } from '../../packages/datasets/src/check-observed-scale.ts';

const spread = (min: number, max: number, count = 100) =>
  Array.from({ length: count }, (_, i) => min + ((max - min) * i) / (count - 1));

const check = (values: readonly number[], min: number, max: number) => () =>
  checkObservedScale('/data/mos.csv', 'The MOS', values, { min, max });

describe('checkObservedScale', () => {
  it.each([
    ['ratings that use most of the scale', spread(0, 4.5), 0, 5],
    ['ratings that use half of it', spread(1.3, 3.7), 0, 5],
    ['a slip or two outside', [...spread(0, 5), 5.5, 51], 0, 5],
    ['values that are none', [...spread(0, 5), Number.NaN, Number.POSITIVE_INFINITY], 0, 5],
    ['too few values to tell', spread(1, 1.1, 19), 0, 100],
    ['no value', [], 0, 5],
  ])('takes %s', (_case, values, min, max) => {
    expect(check(values, min, max)).not.toThrow();
  });

  it.each([
    ['a small scale under a large one', spread(1.3, 3.7), 0, 100],
    ['a large scale under a small one', spread(25, 75), 0, 5],
    ['a part of the values outside', [...spread(0, 5), ...spread(5.1, 10, 10)], 0, 5],
    ['one value for all', spread(3, 3), 0, 5],
  ])('refuses %s', (_case, values, min, max) => {
    expect(check(values, min, max)).toThrow(
      expect.objectContaining({ code: 'dataset-unreadable', file: '/data/mos.csv' }),
    );
    expect(check(values, min, max)).toThrow(/The MOS spans .* --scale/);
  });
});
