import type { AspectFit, Metric } from './fit-data.ts';
import { referenceOf, scorerOf } from './fitted-aspects.ts';
import { formatDifference, formatFixed, formatValue } from './format-figures.ts';
import { headName } from './head-names.ts';

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

/** One sentence: does the scorer beat the floor, and the reference, in SRCC? Paired where the fit compared them so. */
export function judgeHead(fit: AspectFit): string {
  const scorer = scorerOf(fit);
  const reference = referenceOf(fit);
  const { srcc } = scorer.metrics;
  const subject = sentenceStart(headName(scorer.name).mention);
  if (srcc.value === null) return `${subject} has no SRCC: ${srcc.reason ?? 'no reason was given'}.`;
  const ahead = fit.floor.head_minus_floor;
  const paired = ahead === undefined ? null : { difference: ahead.srcc, p: ahead.p };
  const comparisons = [compare(srcc, fit.floor.metrics.srcc, 'the metadata-only floor', paired)];
  if (reference !== null) {
    const name = `${headName(reference.name).mention} on the same features`;
    const minus = scorer.minus_reference;
    const difference = minus === undefined ? null : { difference: minus.srcc, p: minus.srcc_p };
    comparisons.push(compare(srcc, reference.metrics.srcc, name, difference));
  }
  return `${subject} (${formatValue(srcc)}) ${comparisons.join(' and ')}.`;
}

interface PairedDifference {
  readonly difference: Metric;
  readonly p: number | null;
}

function compare(srcc: Metric, reference: Metric, name: string, paired: PairedDifference | null): string {
  const decided = paired === null ? null : pairedStanding(paired.difference);
  if (paired !== null && decided !== null) {
    const p = paired.p === null ? '' : `, p ${formatFixed(paired.p, 3)}`;
    const difference = `paired difference ${formatDifference(paired.difference)}${p}`;
    return `${PHRASES[decided]} ${name} (${formatValue(reference)}; ${difference})`;
  }
  const standing = standingOf(srcc, reference);
  const overlap = standing === 'above' ? '; the intervals overlap' : '';
  return `${PHRASES[standing]} ${name} (${formatValue(reference)}${overlap})`;
}

/** Where a paired difference stands beside 0, "clearly" when its interval leaves 0 out; null without an interval. */
function pairedStanding({ value, low, high }: Metric): Standing | null {
  if (value === null || low === null || high === null) return null;
  if (value > 0) return low > 0 ? 'clearly-above' : 'above';
  return high < 0 ? 'clearly-below' : 'below';
}

function sentenceStart(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
