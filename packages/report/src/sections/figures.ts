import type { Metric } from '../fit-data.ts';
import { formatCount, formatInterval, formatValue } from '../format-figures.ts';
import { html, type Markup } from '../html.ts';

/** Table cell of a metric: value, interval below it, or a dash with its reason. */
export function metricCell(metric: Metric): Markup {
  if (metric.value === null) {
    return html`<td class="figure">${formatValue(metric)} <small class="reason">${metric.reason}</small></td>`;
  }
  const interval = formatInterval(metric);
  return html`<td class="figure"><data value="${metric.value}">${formatValue(metric)}</data>${
    interval !== null && html` <small class="interval">${interval}</small>`
  }</td>`;
}

/** Table cell of a count. */
export function countCell(value: number): Markup {
  return html`<td class="figure"><data value="${value}">${formatCount(value)}</data></td>`;
}
