import { describe, expect, it } from 'vitest';
import { judgeHead, standingOf } from '../../packages/report/src/judge-head.ts';
import { metric, noMetric } from './build-aspect-fit.ts';
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

  it('says in one sentence where the head stands beside the floor and kernel ridge', () => {
    expect(judgeHead(fit)).toBe(
      'The xLSTM head (0.712) is ahead of the metadata-only floor (0.655; the intervals overlap) and does not beat kernel ridge on the same features (0.735).',
    );
  });

  it('gives the reason when the head has no SRCC', () => {
    const { xlstm } = fit.heads;
    const srcc = noMetric('all predictions are equal');
    const constant = { ...xlstm, metrics: { ...xlstm.metrics, srcc } };
    expect(judgeHead({ ...fit, heads: { ...fit.heads, xlstm: constant } })).toBe(
      'The xLSTM head has no SRCC: all predictions are equal.',
    );
  });

  it('leaves kernel ridge out where none was fitted', () => {
    expect(judgeHead({ ...fit, heads: { ...fit.heads, 'kernel-ridge': null } })).not.toContain(
      'kernel ridge',
    );
  });
});
