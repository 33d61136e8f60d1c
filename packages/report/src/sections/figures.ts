import type { Metric } from '../fit-data.ts';
import { formatCount, formatFixed, formatInterval, formatValue } from '../format-figures.ts';
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

/** Table cell of a difference: signed, interval and p below it, or a dash with its reason. */
export function differenceCell(difference: Metric, p: number | null): Markup {
  if (difference.value === null) return metricCell(difference);
  const interval = formatInterval(difference, 3);
  return html`<td class="figure">${difference.value > 0 && '+'}<data value="${difference.value}">${formatValue(difference)}</data>${
    interval !== null && html` <small class="interval">${interval}</small>`
  }${p !== null && html` <small class="interval">p ${formatFixed(p, 3)}</small>`}</td>`;
}
