import { UNKNOWN_GENERATOR } from '../charts/generator-key.ts';
import type { HeadResult } from '../fit-data.ts';
import { type FittedAspect, mainHeads, otherHeads, scorerOf } from '../fitted-aspects.ts';
import { NO_FIGURE } from '../format-figures.ts';
import { html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell, metricCell } from './figures.ts';
import { protocolLine } from './protocol-box.ts';

/** Scorer and reference on each generator's test rows, and the SRCC of the other heads. */
export function generatorTable(data: ReportData, { aspect, fit }: FittedAspect): Markup {
  const [main, others] = [mainHeads(fit), otherHeads(fit)];
  const scorer = scorerOf(fit);
  const caption = protocolLine(data, `${aspect}, by generator`, scorer.metrics.n);
  return html`<table>
<caption>${caption}</caption>
<thead>
<tr><th rowspan="2">Generator</th><th class="figure" rowspan="2">n</th>${main.map(({ title }) => html`<th class="group" colspan="2">${title}</th>`)}${others.length > 0 && html`<th class="group" colspan="${others.length}">SRCC of the others</th>`}</tr>
<tr>${main.map(() => html`<th class="figure">SRCC</th><th class="figure">PLCC raw</th>`)}${others.map(({ title }) => html`<th class="figure">${title}</th>`)}</tr>
</thead>
<tbody>${scorer.per_generator.map(
    (row) =>
      html`<tr><th>${row.generator ?? UNKNOWN_GENERATOR}</th>${countCell(row.n)}${main.map((head) => generatorCells(head, row.generator))}${others.map((head) => srccCell(head, row.generator))}</tr>`,
  )}</tbody>
</table>`;
}

function generatorCells(head: HeadResult, generator: string | null): Markup {
  const row = rowOf(head, generator);
  if (row === undefined) return html`<td class="figure" colspan="2">${NO_FIGURE}</td>`;
  return html`${metricCell(row.srcc)}${metricCell(row.plcc_raw)}`;
}

function srccCell(head: HeadResult, generator: string | null): Markup {
  const row = rowOf(head, generator);
  return row === undefined ? html`<td class="figure">${NO_FIGURE}</td>` : metricCell(row.srcc);
}

function rowOf(head: HeadResult, generator: string | null): HeadResult['per_generator'][number] | undefined {
  return head.per_generator.find((candidate) => candidate.generator === generator);
}
