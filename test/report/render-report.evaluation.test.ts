import { renderReport } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { buildReportData } from './build-report-data.ts';
import { plainText, readSection, readTables } from './page-reader.ts';

describe('renderReport: words, groups and seeds', () => {
  it('shows both heads within generator settings and within image prompts, and over how many', async () => {
    const table = readTables(await renderReport(buildReportData())).find(({ caption }) =>
      caption.startsWith('quality, SRCC within'),
    );
    const [, mean, worst, prompt] = table?.rows ?? [];
    expect(mean?.slice(0, 4)).toEqual([
      'A generator setting, mean',
      '10',
      '0.432 [0.35, 0.51]',
      '0.455 [0.37, 0.53]',
    ]);
    expect(worst).toEqual(['A generator setting, worst', '10', '0.102', '0.125', 'AttnGAN_normal']);
    expect(prompt).toEqual([
      'An image prompt, mean',
      '5',
      '0.669 [0.59, 0.75]',
      '0.692 [0.61, 0.77]',
      '5 of 6 image prompts have 5 test images or more that vary: 45 images.',
    ]);
  });

  it('shows the words of both heads above those of the metadata', async () => {
    const table = readTables(await renderReport(buildReportData())).find(({ caption }) =>
      caption.startsWith('quality, words'),
    );
    expect(table?.rows.slice(2).map(([name, n, accuracy]) => [name, n, accuracy])).toEqual([
      ['xLSTM head', '54', '0.561 [0.44, 0.68]'],
      ['Kernel ridge', '54', '0.584 [0.46, 0.70]'],
      ['Metadata floor: word of its MOS', '54', '0.531 [0.41, 0.65]'],
      ['Metadata floor: commonest word', '54', '0.502 [0.38, 0.62]'],
    ]);
    expect(table?.rows[1]?.at(-1)).toBe('excellent n 0');
    expect(table?.rows[2]?.at(-1)).toBe('— no row is excellent');
  });

  it('shows the floor on all rated rows, and what the intervals stand on', async () => {
    const results = plainText(readSection(await renderReport(buildReportData()), 'results'));
    expect(results.replaceAll(/ +,/g, ',')).toContain(
      'The floor on all 540 rated rows, as the audit has it: SRCC 0.651, PLCC 0.699 raw, words right 0.571',
    );
    expect(results).toContain(
      'xLSTM head minus floor, paired on the same test rows: SRCC 0.057 [0.03, 0.09], two-sided p 0.002.',
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
    quality.heads.xlstm.words = undefined;
    quality.heads.xlstm.within_prompt = undefined;
    quality.heads.xlstm.within_generator = null;
    const captions = readTables(await renderReport(data)).map(({ caption }) => caption);
    expect(captions.filter((caption) => /^quality, (?:words|SRCC within)/.test(caption))).toEqual([]);
  });
});
