import { stripVTControlCharacters } from 'node:util';
import { type ReportData, renderReport, terminalSummary } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { noMetric } from './build-aspect-fit.ts';
import { buildReportData, buildUnratedReportData } from './build-report-data.ts';
import { plainText, readSection } from './page-reader.ts';

const summaryOf = (data: ReportData) => terminalSummary(data, { color: false });

describe('terminalSummary', () => {
  it('shows what was run, each aspect beside every other head and the floor, and where things are', () => {
    const summary = summaryOf(buildReportData());
    for (const expected of [
      'synthetic-3k',
      '270 images, 540 conversations, 1 row set aside, 1 dead letter',
      'The answers are recorded ones (Gemini 1.5 Pro); nothing was asked or paid today.',
      'No description entered the scorer',
      'Test rows, split by image prompt, seed 7:',
      'SRCC 0.712 [0.63, 0.79]  PLCC raw 0.763 [0.68, 0.84]  n 54  (Scorer)',
      'beside it: xLSTM head 0.681, Kernel ridge 0.735, Ridge 0.665, metadata floor 0.655',
      'SRCC 0.587 [0.51, 0.67]  PLCC raw 0.638 [0.56, 0.72]  n 54  (Scorer)',
      'beside it: xLSTM head 0.556, Kernel ridge 0.610, Ridge 0.540, metadata floor 0.530',
      'Note: quality: The scorer (0.712) beats the metadata-only floor',
      '/home/ada/retort/.retort/corpora/ab12ab12 (540 rows: minicpm-v, ms-swift)',
      '/home/ada/retort/.retort/fits/scorer.safetensors',
      '/home/ada/retort/.retort/report.html',
    ]) {
      expect(summary).toContain(expected);
    }
  });

  it('says that networks learnt descriptions of train rows, in the protocol box as well', async () => {
    const data = buildReportData();
    const protocol = data.fit_protocol;
    if (protocol === null) throw new Error('expected a fit');
    const told = { ...data, fit_protocol: { ...protocol, description_weight: 0.3 } };
    const sentence =
      'learnt to tell the teacher’s descriptions of train rows as well (weight 0.3); none enters it when it predicts';
    expect(summaryOf(told)).toContain(`${sentence}: it sees pixels and image prompt.`);
    expect(summaryOf(told)).not.toContain('No description entered the scorer');
    const blind = { ...told, run: { ...told.run, saw_label: false } };
    expect(plainText(readSection(await renderReport(blind), 'results'))).toContain(`${sentence}.`);
  });

  it('says what people decided in review, and nothing of it where nobody did', () => {
    const data = buildReportData();
    expect(summaryOf(data)).not.toContain('Reviewed');
    const counts = { ...data.counts, review: { accepted: 1200, edited: 3, rejected: 2 } };
    expect(summaryOf({ ...data, counts })).toContain(
      'Reviewed by people: 1,200 accepted, 3 edited, 2 rejected and left out.',
    );
  });

  it('says in a line, and beside the figures, that a split leaks', () => {
    const data = buildReportData();
    expect(summaryOf(data)).not.toContain('eakage');
    data.run = { ...data.run, split_by: 'generator', hold_out: 'glide', leakage: ['54 of 54 test images …'] };
    const lines = summaryOf(data).split('\n');
    expect(lines).toContain('Leakage was allowed: 54 of 54 test images …');
    expect(lines).toContain('Test rows, split by generator, glide held out, seed 7, leaks into evaluation:');
  });

  it('names the fold that was test', () => {
    const data = buildReportData();
    data.run = { ...data.run, fold: { folds: 5, fold: 2 } };
    expect(summaryOf(data)).toContain('Test rows, split by image prompt, fold 2 of 5, seed 7:');
  });

  it('ends with the training command, whole and alone on its line', () => {
    const data = buildReportData();
    expect(summaryOf(data).split('\n').at(-1)).toBe(data.training_command);
  });

  it('adds nothing but colour codes when colour is wanted', () => {
    const coloured = terminalSummary(buildReportData(), { color: true });
    expect(coloured).toContain('\u001b[1m');
    expect(stripVTControlCharacters(coloured)).toBe(summaryOf(buildReportData()));
    expect(summaryOf(buildReportData())).not.toContain('\u001b');
  });

  it('stays within 25 lines however many notes there are, and says how many it left out', () => {
    const data = buildReportData();
    if (data.fit?.quality === undefined) throw new Error('The builder makes a fit of quality.');
    data.fit.quality.notes = Array.from({ length: 40 }, (_, index) => `note ${index}`);
    const summary = summaryOf(data);
    expect(summary.split('\n').length).toBeLessThanOrEqual(25);
    expect(summary).toContain('40 more notes in the report.');
  });

  it('says why no scorer was fitted', () => {
    const summary = summaryOf(buildUnratedReportData());
    expect(summary).toContain('No scorer was fitted: the dataset has no ratings');
    expect(summary).not.toContain('SRCC');
  });

  it('says what a paid run cost, and that an unknown price is unknown', () => {
    const data = buildReportData();
    data.run = { ...data.run, recorded: false, model: 'gemini-x', saw_label: false };
    data.counts = { ...data.counts, cost_usd: 1.237, teacher_calls: 12, reused_answers: 3 };
    expect(summaryOf(data)).toContain('gemini-x: 12 calls, 3 earlier answers reused; cost: $1.24.');
    data.counts.cost_usd = null;
    expect(summaryOf(data)).toContain('cost: unknown');
  });

  it('shows a dash for a metric that could not be computed', () => {
    const data = buildReportData();
    if (data.fit?.quality === undefined) throw new Error('The builder makes a fit of quality.');
    data.fit.quality.floor.metrics.srcc = noMetric('no generator setting is known');
    expect(summaryOf(data)).toContain('metadata floor —');
  });

  it('lets no text of a dataset write control sequences to the terminal', () => {
    const data = buildReportData();
    data.run.dataset = 'evil\u001b[2J\u001b]0;title\u0007\r\nname';
    const summary = summaryOf(data);
    expect(summary).not.toMatch(/[\p{Cc}--\n]/v);
    expect(summary.split('\n')[0]).toContain('evil');
    expect(summary.split('\n')[0]).toContain('name');
  });
});
