import { describe, expect, it } from 'vitest';
import { parseScale } from '../../packages/datasets/src/index.ts';

describe('parseScale', () => {
  it.each([
    ['0:5', { min: 0, max: 5 }],
    [' -1 : 1.5 ', { min: -1, max: 1.5 }],
  ])('reads %j', (text, scale) => {
    expect(parseScale(text)).toEqual(scale);
  });

  it.each(['', '5', '0:', ':5', '0:5:10', '5:0', '5:5', 'a:b', '0:Infinity', '0:1e999', '0-5'])(
    'refuses %j',
    (text) => {
      expect(() => parseScale(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});
