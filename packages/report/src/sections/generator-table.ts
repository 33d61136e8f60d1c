import { UNKNOWN_GENERATOR } from '../charts/generator-key.ts';
import type { HeadResult } from '../fit-data.ts';
import type { FittedAspect } from '../fitted-aspects.ts';
import { NO_FIGURE } from '../format-figures.ts';
import { html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell, metricCell } from './figures.ts';
import { protocolLine } from './protocol-box.ts';

/** Both heads on each generator's test rows. */
export function generatorTable(data: ReportData, { aspect, fit }: FittedAspect): Markup {
  const kernelRidge = fit.heads['kernel-ridge'];
  const heads: [string, HeadResult][] = [['xLSTM head', fit.heads.xlstm]];
  if (kernelRidge !== null) heads.push(['Kernel ridge', kernelRidge]);
  const caption = protocolLine(data, `${aspect}, by generator`, fit.heads.xlstm.metrics.n);
  return html`<table>
<caption>${caption}</caption>
<thead>
<tr><th rowspan="2">Generator</th><th class="figure" rowspan="2">n</th>${heads.map(([name]) => html`<th class="group" colspan="2">${name}</th>`)}</tr>
<tr>${heads.map(() => html`<th class="figure">SRCC</th><th class="figure">PLCC raw</th>`)}</tr>
</thead>
<tbody>${fit.heads.xlstm.per_generator.map(
    (row) =>
      html`<tr><th>${row.generator ?? UNKNOWN_GENERATOR}</th>${countCell(row.n)}${heads.map(([, head]) => generatorCells(head, row.generator))}</tr>`,
  )}</tbody>
</table>`;
}

function generatorCells(head: HeadResult, generator: string | null): Markup {
  const row = head.per_generator.find((candidate) => candidate.generator === generator);
  if (row === undefined) return html`<td class="figure" colspan="2">${NO_FIGURE}</td>`;
  return html`${metricCell(row.srcc)}${metricCell(row.plcc_raw)}`;
}
