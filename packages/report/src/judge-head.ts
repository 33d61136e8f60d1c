import type { AspectFit, Metric } from './fit-data.ts';
import { formatValue } from './format-figures.ts';

export type Standing = 'clearly-above' | 'above' | 'level' | 'below' | 'clearly-below' | 'unknown';

/**
 * Where `metric` stands beside `reference`, higher being better. "Clearly" needs intervals that don't overlap: a
 * cautious reading, since both come from the same test rows; a paired test, where the scorer made one, is in the notes.
 */
export function standingOf(metric: Metric, reference: Metric): Standing {
  if (metric.value === null || reference.value === null) return 'unknown';
  if (formatValue(metric) === formatValue(reference)) return 'level';
  const above = metric.value > reference.value;
  const [lower, upper] = above ? [reference, metric] : [metric, reference];
  const isClear = lower.high !== null && upper.low !== null && lower.high < upper.low;
  if (isClear) return above ? 'clearly-above' : 'clearly-below';
  return above ? 'above' : 'below';
}

const PHRASES: Readonly<Record<Standing, string>> = {
  'clearly-above': 'beats',
  above: 'is ahead of',
  level: 'is level with',
  below: 'does not beat',
  'clearly-below': 'stays clearly behind',
  unknown: 'cannot be compared with',
};

/** One sentence: does the xLSTM head beat the floor, and kernel ridge, in SRCC? */
export function judgeHead(fit: AspectFit): string {
  const { srcc } = fit.heads.xlstm.metrics;
  if (srcc.value === null) return `The xLSTM head has no SRCC: ${srcc.reason ?? 'no reason was given'}.`;
  const kernelRidge = fit.heads['kernel-ridge']?.metrics.srcc ?? null;
  const comparisons = [compare(srcc, fit.floor.metrics.srcc, 'the metadata-only floor')];
  if (kernelRidge !== null) comparisons.push(compare(srcc, kernelRidge, 'kernel ridge on the same features'));
  return `The xLSTM head (${formatValue(srcc)}) ${comparisons.join(' and ')}.`;
}

function compare(srcc: Metric, reference: Metric, name: string): string {
  const standing = standingOf(srcc, reference);
  const overlap = standing === 'above' ? '; the intervals overlap' : '';
  return `${PHRASES[standing]} ${name} (${formatValue(reference)}${overlap})`;
}
