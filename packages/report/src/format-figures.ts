import type { Metric } from './fit-data.ts';

/** Shown where there is no figure. */
export const NO_FIGURE = '—';

/** `value` with `digits` decimals; a rounded zero has no sign. */
export function formatFixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** A metric's value with three decimals, or a dash. */
export function formatValue(metric: Metric): string {
  return metric.value === null ? NO_FIGURE : formatFixed(metric.value, 3);
}

/** `[0.61, 0.79]`; null without bounds. */
export function formatInterval(bounds: Pick<Metric, 'low' | 'high'>, digits = 2): string | null {
  if (bounds.low === null || bounds.high === null) return null;
  return `[${formatFixed(bounds.low, digits)}, ${formatFixed(bounds.high, digits)}]`;
}

/** `+0.004 [-0.006, 0.013]`: signed, and bounds as fine as the value, since small differences are what it is about. */
export function formatDifference(difference: Metric): string {
  const sign = difference.value !== null && difference.value > 0 ? '+' : '';
  const interval = formatInterval(difference, 3);
  return `${sign}${formatValue(difference)}${interval === null ? '' : ` ${interval}`}`;
}

/** `0.712 [0.61, 0.79]`, the value alone without an interval, a dash without a value. */
export function formatMetric(metric: Metric): string {
  const interval = formatInterval(metric);
  return metric.value === null || interval === null
    ? formatValue(metric)
    : `${formatValue(metric)} ${interval}`;
}

/** `2,385`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 image`, `2,385 images`. */
export function formatNoun(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** `$1.24`, with more decimals where cents hide the sum, `unknown` without a price. */
export function formatUsd(value: number | null): string {
  if (value === null) return 'unknown (no price for this model)';
  return `$${formatFixed(value, value > 0 && value < 1 ? 4 : 2)}`;
}
