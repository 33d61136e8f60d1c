import type { Metric } from '../fit-data.ts';
import { html, type Markup } from '../html.ts';

/** A figure on a scale; `low` and `high` are its interval. */
export interface TrackMark {
  readonly kind: 'head' | 'reference' | 'floor' | 'mos';
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A thin scale with marks and their intervals. Decoration: the figures stand beside it as text. */
export function track(marks: readonly TrackMark[], min: number, max: number): Markup {
  const percent = (value: number) => ((Math.min(max, Math.max(min, value)) - min) / (max - min)) * 100;
  const at = (value: number) => percent(value).toFixed(1);
  return html`<div class="track" aria-hidden="true">${marks.map((mark) => [
    mark.low !== null &&
      mark.high !== null &&
      html`<i class="span ${mark.kind}" style="left:${at(mark.low)}%;width:${(percent(mark.high) - percent(mark.low)).toFixed(1)}%"></i>`,
    html`<i class="mark ${mark.kind}" style="left:${at(mark.value)}%"></i>`,
  ])}</div>`;
}

/** The metric as a mark; none without a value. */
export function metricMarks(kind: TrackMark['kind'], metric: Metric): TrackMark[] {
  return metric.value === null ? [] : [{ kind, value: metric.value, low: metric.low, high: metric.high }];
}
