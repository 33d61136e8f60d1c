import { FIVE_POINT_SCALE, toFivePointScale, wordLabelOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';

describe('wordLabelOf', () => {
  it.each([
    [0, 'bad'],
    [0.999, 'bad'],
    [1, 'poor'],
    [2, 'fair'],
    [2.999, 'fair'],
    [3, 'good'],
    [4, 'excellent'],
    [5, 'excellent'],
  ])('calls a MOS of %f %s: bins are left-closed', (mos, word) => {
    expect(wordLabelOf(mos)).toBe(word);
  });
});

describe('toFivePointScale', () => {
  it('maps the ends and the middle of another scale', () => {
    const scale = { min: -10, max: 90 };
    expect([-10, 40, 90].map((mos) => toFivePointScale(mos, scale))).toEqual([0, 2.5, 5]);
  });

  it('leaves a MOS on 0–5 exactly as it is', () => {
    expect(toFivePointScale(3.0123456789, FIVE_POINT_SCALE)).toBe(3.0123456789);
  });
});
