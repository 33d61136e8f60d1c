import { describe, expect, it } from 'vitest';
import { publishedResults } from '../../packages/report/src/published-results.ts';

const READERS = ['agiqa-3k', 'aigciqa2023', 'aigiqa-20k'];

describe('publishedResults', () => {
  it('has the figures that M3-AGIQA states of itself', () => {
    const rows = READERS.flatMap((reader) =>
      publishedResults(reader).filter(({ method }) => method === 'M3-AGIQA'),
    );
    expect(rows.map(({ aspect, srcc, plcc }) => [aspect, srcc, plcc])).toEqual([
      ['quality', 0.9045, 0.9317],
      ['correspondence', 0.8523, 0.9142],
      ['quality', 0.8618, 0.8922],
      ['correspondence', 0.806, 0.7973],
      ['authenticity', 0.8282, 0.8165],
      ['quality', 0.8988, 0.9292],
    ]);
  });

  it('has every method of the table for every aspect of a dataset, and marks what was quoted', () => {
    const quality = publishedResults('agiqa-3k').filter(({ aspect }) => aspect === 'quality');
    const [quoted, own] = [true, false].map((isQuoted) =>
      quality
        .filter(({ protocol }) => protocol.startsWith('Taken over') === isQuoted)
        .map(({ method }) => method),
    );
    expect(quoted).toEqual(['DBCNN', 'AMFF-Net', 'MA-AGIQA', 'IPCE', 'SF-IQA']);
    expect(own).toEqual(['VGG16', 'ResNet50', 'ViT-B/16', 'ViL', 'StairIQA', 'MGQA', 'HyperIQA', 'M3-AGIQA']);
    expect(publishedResults('aigciqa2023')).toHaveLength(3 * quality.length);
  });

  it('has no figure where the source has none', () => {
    const missing = READERS.flatMap((reader) =>
      publishedResults(reader)
        .filter(({ srcc }) => srcc === null)
        .map(({ method, aspect, plcc }) => [reader, method, aspect, plcc]),
    );
    expect(missing).toHaveLength(8);
    expect(missing).toContainEqual(['agiqa-3k', 'MA-AGIQA', 'correspondence', null]);
    expect(missing).toContainEqual(['aigiqa-20k', 'AMFF-Net', 'quality', null]);
  });

  it('says with each row that it is not comparable, and where it is from', () => {
    for (const row of READERS.flatMap(publishedResults)) {
      expect(row.protocol).toContain('not comparable');
      expect(row.source).toContain('2502.15167');
      expect(row.checked_on).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('has nothing for a dataset that the paper does not know', () => {
    expect(publishedResults('csv')).toEqual([]);
    expect(publishedResults('constructor')).toEqual([]);
  });
});
