import { renderReport } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { buildOldReportData, buildReportData } from './build-report-data.ts';
import { plainText, readSection, readTables } from './page-reader.ts';

describe('renderReport: words, groups and seeds', () => {
  it('shows every head within generator settings and within image prompts, and over how many', async () => {
    const table = readTables(await renderReport(buildReportData())).find(({ caption }) =>
      caption.startsWith('quality, SRCC within'),
    );
    const [, mean, worst, prompt] = table?.rows ?? [];
    expect(mean?.slice(0, 6)).toEqual([
      'A generator setting, mean',
      '10',
      '0.432 [0.35, 0.51]',
      '0.455 [0.37, 0.53]',
      '0.401 [0.32, 0.48]',
      '0.385 [0.30, 0.46]',
    ]);
    expect(worst).toEqual([
      'A generator setting, worst',
      '10',
      '0.102',
      '0.125',
      '0.071',
      '0.055',
      'AttnGAN_normal',
    ]);
    expect(prompt).toEqual([
      'An image prompt, mean',
      '5',
      '0.669 [0.59, 0.75]',
      '0.692 [0.61, 0.77]',
      '0.638 [0.56, 0.72]',
      '0.622 [0.54, 0.70]',
      '5 of 6 image prompts have 5 test images or more that vary: 45 images.',
    ]);
  });

  it('shows the words of every head above those of the metadata', async () => {
    const table = readTables(await renderReport(buildReportData())).find(({ caption }) =>
      caption.startsWith('quality, words'),
    );
    expect(table?.rows.slice(2).map(([name, n, accuracy]) => [name, n, accuracy])).toEqual([
      ['Scorer', '54', '0.561 [0.44, 0.68]'],
      ['xLSTM head', '54', '0.530 [0.41, 0.65]'],
      ['Kernel ridge', '54', '0.584 [0.46, 0.70]'],
      ['Ridge', '54', '0.514 [0.39, 0.63]'],
      ['Metadata floor: word of its MOS', '54', '0.531 [0.41, 0.65]'],
      ['Metadata floor: commonest word', '54', '0.502 [0.38, 0.62]'],
    ]);
    expect(table?.rows[1]?.at(-1)).toBe('excellent n 0');
    expect(table?.rows[2]?.at(-1)).toBe('— no row is excellent');
  });

  it('shows the floor on all rated rows, and what the intervals stand on', async () => {
    const results = plainText(readSection(await renderReport(buildReportData()), 'results'));
    expect(results.replaceAll(/ +,/g, ',')).toContain(
      'The metadata floor on all 540 rated rows, as the audit has it: SRCC 0.651, PLCC 0.699 raw, words right 0.571',
    );
    expect(results).toContain(
      'Scorer minus metadata floor, paired on the same test rows: SRCC 0.057 [0.027, 0.087], two-sided p 0.002.',
    );
    expect(results).toContain('quality: ± 0.91; 90 % by image prompt, 54 residuals of val.');
  });

  it('shows median and deviation over seeds where there are any', async () => {
    const data = buildReportData();
    expect(readTables(await renderReport(data)).some(({ caption }) => caption.includes('seeds'))).toBe(false);
    const figures = [
      { figure: 'srcc', median: 0.7093, sd: 0.0042, n: 5, reason: null },
      { figure: 'krcc', median: null, sd: null, n: 0, reason: 'all predictions are equal' },
      { figure: 'accuracy', median: 0.55, sd: null, n: 1, reason: null },
    ];
    const quality = data.fit?.quality;
    if (quality !== undefined) quality.seeds = [{ head: 'xlstm', figures }];
    const table = readTables(await renderReport(data)).find(({ caption }) => caption.includes('over seeds'));
    expect(table?.rows[1]).toEqual([
      'xLSTM head',
      '0.709 ± 0.004 5 seeds',
      '— not measured over seeds',
      '— all predictions are equal',
      '— not measured over seeds',
      '0.550 one seed, no SD',
      '— not measured over seeds',
      '— not measured over seeds',
    ]);
  });

  it('says of a report from before that words were not measured, and has no empty table', async () => {
    const data = buildReportData();
    const quality = data.fit?.quality;
    if (quality === undefined) throw new Error('The builder makes a fit.');
    quality.floor.commonest_word = undefined;
    const words = readTables(await renderReport(data)).find(({ caption }) =>
      caption.startsWith('quality, words'),
    );
    expect(words?.rows.at(-1)).toEqual(['Metadata floor: commonest word', 'not measured by this fit']);
    for (const head of quality.heads) {
      head.words = undefined;
      head.within_prompt = undefined;
      head.within_generator = null;
    }
    const captions = readTables(await renderReport(data)).map(({ caption }) => caption);
    expect(captions.filter((caption) => /^quality, (?:words|SRCC within)/.test(caption))).toEqual([]);
  });

  it('says whose learning curve it shows', async () => {
    const curves = plainText(readSection(await renderReport(buildReportData()), 'learning-curves'));
    expect(curves).toContain('The curve is that of the first of 5 networks.');
  });

  it('says what every head is, the scorer first', async () => {
    const results = plainText(readSection(await renderReport(buildReportData()), 'results'));
    expect(results).toContain(
      'Scorer: average of 5 xLSTM networks and kernel ridge. xLSTM head: four blocks, d 128, at most 64 tokens. Kernel ridge:',
    );
  });

  it('shows a fit of two heads, with its xLSTM head as the scorer and without a column of differences', async () => {
    const page = await renderReport(buildOldReportData());
    const table = readTables(page).find(({ caption }) => caption.startsWith('quality: test'));
    expect(table?.rows.map(([name, n, srcc]) => [name, n, srcc])).toEqual([
      ['Predictor', 'n', 'SRCC'],
      ['xLSTM head', '54', '0.712 [0.63, 0.79]'],
      ['Kernel ridge', '54', '0.735 [0.66, 0.81]'],
      ['Metadata floor', '54', '0.655 [0.57, 0.73]'],
    ]);
    expect(table?.rows[0]?.at(-1)).toBe('RMSE logistic-5');
    expect(plainText(page)).not.toContain('of the first of');
  });
});
