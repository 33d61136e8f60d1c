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
  const [scorer, xlstm, kernelRidge, ridge] = fit?.heads ?? [];
  if (
    fit === undefined ||
    scorer === undefined ||
    xlstm === undefined ||
    kernelRidge === undefined ||
    ridge === undefined
  )
    throw new Error('The builder makes four heads.');
  return { ...fit, scorer, xlstm, kernelRidge, ridge };
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
      const row = (name: string, { n, ...metrics }: typeof fit.floor.metrics, difference: string) => [
        name,
        String(n),
        ...[metrics.srcc, metrics.plcc_raw, metrics.plcc_logistic4, metrics.plcc_logistic5].map(shown),
        ...[metrics.krcc, metrics.rmse_raw, metrics.rmse_logistic5].map(shown),
        difference,
      ];
      expect(table?.caption).toBe(`${aspect}: test rows, n 54, split by image prompt, seed 7`);
      expect(table?.rows.slice(1)).toEqual([
        row('Scorer', fit.scorer.metrics, '-0.023 [-0.067, 0.021] p 0.321'),
        row('xLSTM head', fit.xlstm.metrics, '-0.054 [-0.098, -0.010] p 0.321'),
        row('Kernel ridge', fit.kernelRidge.metrics, '— the reference'),
        row('Ridge', fit.ridge.metrics, '-0.070 [-0.114, -0.026] p 0.321'),
        row('Metadata floor', fit.floor.metrics, '— see below'),
      ]);
    },
  );

  it('shows scorer and kernel ridge on each generator, and the SRCC of the others', async () => {
    const data = buildReportData();
    const { scorer, xlstm, kernelRidge, ridge } = fitOf(data, 'quality');
    const table = readTables(await renderReport(data)).find(({ caption }) =>
      caption.startsWith('quality, by'),
    );
    expect(table?.rows.slice(2)).toEqual(
      scorer.per_generator.map((row, index) => {
        const reference = kernelRidge.per_generator[index] ?? row;
        const others = [xlstm, ridge].map((head) => head.per_generator[index]?.srcc ?? row.srcc);
        const figures = [row.srcc, row.plcc_raw, reference.srcc, reference.plcc_raw, ...others];
        return [row.generator, String(row.n), ...figures.map(shown)];
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
    fitOf(data, 'quality').scorer.metrics.krcc = noMetric('all predictions are equal');
    fitOf(data, 'quality').scorer.metrics.srcc = noMetric('2 rows; a correlation needs 3 or more');
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
    expect(table?.rows.slice(1, 4)).toEqual([
      [
        'quality',
        'M3-AGIQA, published',
        '0.9045',
        '0.9317',
        'Test prompts also stand in train: not comparable.',
      ],
      [
        'quality',
        'Scorer, this run',
        '0.712 [0.63, 0.79]',
        '0.763 [0.68, 0.84]',
        'split by image prompt, seed 7; test n 54; PLCC raw.',
      ],
      [
        'quality',
        'xLSTM head, this run',
        '0.681 [0.60, 0.76]',
        '0.732 [0.65, 0.81]',
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
