import { describe, expect, it } from 'vitest';
import { publishedResults } from '../../packages/report/src/published-results.ts';

describe('publishedResults', () => {
  it('has the figures that M3-AGIQA states for AGIQA-3K', () => {
    const rows = publishedResults('agiqa-3k').map(({ aspect, srcc, plcc }) => [aspect, srcc, plcc]);
    expect(rows).toEqual([
      ['quality', 0.9045, 0.9317],
      ['correspondence', 0.8523, 0.9142],
    ]);
  });

  it('says with each row that it is not comparable, and where it is from', () => {
    for (const row of publishedResults('agiqa-3k')) {
      expect(row.protocol).toContain('not comparable');
      expect(row.source).toContain('2502.13763');
      expect(row.checked_on).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('has nothing for a dataset that the paper does not know', () => {
    expect(publishedResults('csv')).toEqual([]);
    expect(publishedResults('constructor')).toEqual([]);
  });
});
