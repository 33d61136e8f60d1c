import { type ReportData, renderReport } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { noMetric } from './build-aspect-fit.ts';
import { buildReportData } from './build-report-data.ts';
import { plainText, readSection, readTables } from './page-reader.ts';

/** The page's formats, written out again: three decimals, interval of two. */
const shown = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }) =>
  `${value?.toFixed(3)}${low === null || high === null ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`}`;

function fitOf(data: ReportData, aspect: 'quality' | 'correspondence') {
  const fit = data.fit?.[aspect];
  if (fit === undefined || fit.heads['kernel-ridge'] === null)
    throw new Error('The builder makes both heads.');
  return { ...fit, kernelRidge: fit.heads['kernel-ridge'] };
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersOf) : [];
}

describe('renderReport: figures', () => {
  it.each(['quality', 'correspondence'] as const)(
    'shows all metrics of %s as the data have them',
    async (aspect) => {
      const data = buildReportData();
      const fit = fitOf(data, aspect);
      const table = readTables(await renderReport(data)).find(({ caption }) =>
        caption.startsWith(`${aspect}: test`),
      );
      const row = (name: string, { n, ...metrics }: typeof fit.floor.metrics) => [
        name,
        String(n),
        ...[metrics.srcc, metrics.plcc_raw, metrics.plcc_logistic4, metrics.plcc_logistic5].map(shown),
        ...[metrics.krcc, metrics.rmse_raw, metrics.rmse_logistic5].map(shown),
      ];
      expect(table?.caption).toBe(`${aspect}: test rows, n 54, split by image prompt, seed 7`);
      expect(table?.rows.slice(1)).toEqual([
        row('xLSTM head', fit.heads.xlstm.metrics),
        row('Kernel ridge', fit.kernelRidge.metrics),
        row('Metadata floor', fit.floor.metrics),
      ]);
    },
  );

  it('shows both heads on each generator', async () => {
    const data = buildReportData();
    const { heads, kernelRidge } = fitOf(data, 'quality');
    const table = readTables(await renderReport(data)).find(({ caption }) =>
      caption.startsWith('quality, by'),
    );
    expect(table?.rows.slice(2)).toEqual(
      heads.xlstm.per_generator.map((row, index) => {
        const other = kernelRidge.per_generator[index] ?? row;
        const figures = [row.srcc, row.plcc_raw, other.srcc, other.plcc_raw].map(shown);
        return [row.generator, String(row.n), ...figures];
      }),
    );
  });

  it('has no figure that is not in the data', async () => {
    const data = buildReportData();
    const known = new Set(numbersOf(data));
    const figures = [...(await renderReport(data)).matchAll(/<data value="([^"]*)">([^<]*)<\/data>/g)];
    expect(figures.length).toBeGreaterThan(100);
    for (const [, value, text] of figures) {
      const number = Number(value);
      expect(known).toContain(number);
      expect([number.toFixed(3), number.toFixed(4), number.toLocaleString('en-US')]).toContain(text);
    }
  });

  it('shows a dash and the reason where a metric could not be computed', async () => {
    const data = buildReportData();
    fitOf(data, 'quality').heads.xlstm.metrics.krcc = noMetric('all predictions are equal');
    fitOf(data, 'quality').heads.xlstm.metrics.srcc = noMetric('2 rows; a correlation needs 3 or more');
    const page = await renderReport(data);
    const table = readTables(page).find(({ caption }) => caption.startsWith('quality: test'));
    expect(table?.rows[1]).toContain('— all predictions are equal');
    expect(plainText(readSection(page, 'summary'))).toContain(
      'has no SRCC: 2 rows; a correlation needs 3 or more.',
    );
  });

  it('puts the published rows beside ours, each with its protocol', async () => {
    const page = await renderReport(buildReportData());
    const table = readTables(readSection(page, 'paper'))[0];
    expect(table?.rows.slice(1, 3)).toEqual([
      [
        'quality',
        'M3-AGIQA, published',
        '0.9045',
        '0.9317',
        'Test prompts also stand in train: not comparable.',
      ],
      [
        'quality',
        'xLSTM head, this run',
        '0.712 [0.63, 0.79]',
        '0.763 [0.68, 0.84]',
        'split by image prompt, seed 7; test n 54; PLCC raw.',
      ],
    ]);
    expect(readSection(page, 'paper')).toContain('Not comparable.');
  });

  it('plots the test rows alone', async () => {
    const results = readSection(await renderReport(buildReportData()), 'results');
    expect(plainText(results)).toContain('Each point is a test image (n 53)');
    expect(results).toContain('<title>AttnGAN_normal_001.jpg: MOS 0.520');
    expect(results).not.toContain('AttnGAN_normal_000.jpg');
  });

  it('has the protocol above the first table of results', async () => {
    const results = readSection(await renderReport(buildReportData()), 'results');
    const [before = ''] = results.split('<table');
    for (const expected of [
      'seed 7',
      'test 54 (6 image prompts)',
      'val chose the epoch',
      'Metadata only',
      '95 % bootstrap',
    ]) {
      expect(plainText(before)).toContain(expected);
    }
  });
});
