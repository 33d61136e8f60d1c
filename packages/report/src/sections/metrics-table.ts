import type { AspectFit, HeadResult, Metrics } from '../fit-data.ts';
import { referenceOf } from '../fitted-aspects.ts';
import { NO_FIGURE } from '../format-figures.ts';
import { headName } from '../head-names.ts';
import { html, type Markup } from '../html.ts';
import { countCell, differenceCell, metricCell } from './figures.ts';

/** Columns of the table of metrics, in the order of the field's papers. */
const COLUMNS = [
  ['srcc', 'SRCC'],
  ['plcc_raw', 'PLCC raw'],
  ['plcc_logistic4', 'PLCC logistic-4'],
  ['plcc_logistic5', 'PLCC logistic-5'],
  ['krcc', 'KRCC'],
  ['rmse_raw', 'RMSE raw'],
  ['rmse_logistic5', 'RMSE logistic-5'],
] as const;

/** Every figure of every head and of the metadata floor, a row each; the last column is SRCC minus the reference's. */
export function metricsTable(fit: AspectFit, caption: string): Markup {
  const compared = fit.heads.some((head) => head.minus_reference !== undefined) ? referenceOf(fit) : null;
  const row = (title: string, metrics: Metrics, difference: Markup) =>
    html`<tr><th>${title}</th>${countCell(metrics.n)}${COLUMNS.map(([field]) => metricCell(metrics[field]))}${compared !== null && difference}</tr>`;
  return html`<table class="metrics">
<caption>${caption}</caption>
<thead><tr><th>Predictor</th><th class="figure">n</th>${COLUMNS.map(([, title]) => html`<th class="figure">${title}</th>`)}${compared !== null && html`<th class="figure">SRCC minus ${headName(compared.name).mention}’s, paired</th>`}</tr></thead>
<tbody>
${fit.heads.map((head) => row(head.title, head.metrics, minusCell(head, head === compared)))}
${row('Metadata floor', fit.floor.metrics, html`<td class="figure">${NO_FIGURE} <small class="reason">see below</small></td>`)}
</tbody>
</table>`;
}

function minusCell({ minus_reference: minus }: HeadResult, isReference: boolean): Markup {
  if (minus === undefined) {
    const reason = isReference ? 'the reference' : 'not compared by this fit';
    return html`<td class="figure">${NO_FIGURE} <small class="reason">${reason}</small></td>`;
  }
  return differenceCell(minus.srcc, minus.srcc_p);
}
