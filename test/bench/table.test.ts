import { describe, expect, it } from 'vitest';
import { formatNumber, median, renderTable } from '../../bench/table.ts';

describe('renderTable', () => {
  it('aligns its columns and rules off the head', () => {
    const table = renderTable([
      ['row', 'n'],
      ['a long one', '1'],
      ['b', '22'],
    ]);
    expect(table.split('\n')).toEqual(['row         n', '----------  --', 'a long one  1', 'b           22']);
  });
});

describe('median', () => {
  it('is the middle value, and the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('is no number where there is nothing', () => {
    expect(median([])).toBeNaN();
  });
});

describe('formatNumber', () => {
  it('keeps three digits of small numbers and none behind the point of large ones', () => {
    expect([0.9514, 12.34, 4120.6, Number.NaN].map(formatNumber)).toEqual(['0.951', '12.3', '4,121', 'none']);
  });
});
