import { describe, expect, it } from 'vitest';
import { judgeHead, standingOf } from '../../packages/report/src/judge-head.ts';
import { buildOldAspectFit, metric, noMetric } from './build-aspect-fit.ts';
import { buildReportData } from './build-report-data.ts';

describe('standingOf', () => {
  it.each([
    ['clearly-above', metric(0.8, 0.05), metric(0.6, 0.05)],
    ['above', metric(0.7, 0.1), metric(0.65, 0.1)],
    ['level', metric(0.7001), metric(0.7002)],
    ['below', metric(0.65, 0.1), metric(0.7, 0.1)],
    ['clearly-below', metric(0.6, 0.05), metric(0.8, 0.05)],
    ['unknown', metric(0.6), noMetric('all predictions are equal')],
  ] as const)('says %s', (standing, head, reference) => {
    expect(standingOf(head, reference)).toBe(standing);
  });

  it('never says clearly without intervals', () => {
    const bare = { value: 0.9, low: null, high: null, reason: null };
    expect(standingOf(bare, metric(0.1))).toBe('above');
  });
});

describe('judgeHead', () => {
  const fit = buildReportData().fit?.quality;
  if (fit === undefined) throw new Error('The builder makes a fit of quality.');

  it('says in one sentence where the scorer stands beside the floor and kernel ridge, paired', () => {
    expect(judgeHead(fit)).toBe(
      'The scorer (0.712) beats the metadata-only floor (0.655; paired difference +0.057 [0.027, 0.087], p 0.002) and does not beat kernel ridge on the same features (0.735; paired difference -0.023 [-0.067, 0.021], p 0.321).',
    );
  });

  it.each([
    ['beats', 0.03],
    ['is ahead of', 0.003],
    ['stays clearly behind', -0.06],
  ])('%s kernel ridge when the paired difference says so', (phrase, difference) => {
    const [scorer, ...others] = fit.heads;
    const minus = { srcc: metric(difference, 0.02), srcc_p: null, plcc_raw: metric(0), plcc_raw_p: null };
    const compared = {
      ...fit,
      heads: [{ ...scorer, minus_reference: minus }, ...others],
    } satisfies typeof fit;
    expect(judgeHead(compared)).toContain(`and ${phrase} kernel ridge`);
  });

  it('compares intervals where nothing was paired, and calls the scorer of an old fit what it is', () => {
    const old = buildOldAspectFit(0.712);
    const { head_minus_floor: _, ...floor } = old.floor;
    expect(judgeHead({ ...old, floor })).toBe(
      'The xLSTM head (0.712) is ahead of the metadata-only floor (0.655; the intervals overlap) and does not beat kernel ridge on the same features (0.735).',
    );
  });

  it('gives the reason when the scorer has no SRCC', () => {
    const [scorer, ...others] = fit.heads;
    const metrics = { ...scorer.metrics, srcc: noMetric('all predictions are equal') };
    expect(judgeHead({ ...fit, heads: [{ ...scorer, metrics }, ...others] })).toBe(
      'The scorer has no SRCC: all predictions are equal.',
    );
  });

  it('leaves kernel ridge out where none was fitted', () => {
    const [scorer, xlstm] = fit.heads;
    if (xlstm === undefined) throw new Error('The builder makes an xLSTM head.');
    expect(judgeHead({ ...fit, heads: [scorer, xlstm], reference: null })).not.toContain('kernel ridge');
  });
});
