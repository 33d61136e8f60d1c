import type { Aspect } from '@retort/schema';
import { describeSplit } from '../describe-run.ts';
import type { Metric } from '../fit-data.ts';
import { fittedAspects } from '../fitted-aspects.ts';
import { formatFixed, NO_FIGURE } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { PublishedResult, ReportData } from '../report-data.ts';
import { metricCell } from './figures.ts';
import { tableFrame } from './section.ts';

/** The published rows with ours below them, never without the protocol of each. */
export function paperBody(data: ReportData): HtmlValue {
  if (data.paper.length === 0) return html`<p>No published results are known here for this dataset.</p>`;
  const sources = [...new Set(data.paper.map((row) => `${row.source}, checked ${row.checked_on}`))];
  return html`<p class="callout"><b>Not comparable.</b> The published figures and ours come from different splits, students and test rows. They stand together so that nobody compares them from memory; <a href="#results">our protocol</a> stands above our results.</p>
${tableFrame(paperTable(data))}
<p class="fine">Source: ${sources.join('; ')}.</p>`;
}

function paperTable(data: ReportData): Markup {
  const aspects = data.run.aspects.filter((aspect) => data.paper.some((row) => row.aspect === aspect));
  return html`<table class="paper">
<caption>SRCC and PLCC as published, and of this run on its test rows (${describeSplit(data)})</caption>
<thead><tr><th>Aspect</th><th>Method</th><th class="figure">SRCC</th><th class="figure">PLCC</th><th>Protocol</th></tr></thead>
<tbody>${aspects.map((aspect) => [
    data.paper.filter((row) => row.aspect === aspect).map(publishedRow),
    ourRows(data, aspect),
  ])}</tbody>
</table>`;
}

function publishedRow(row: PublishedResult): Markup {
  return html`<tr class="published"><th>${row.aspect}</th><td>${row.method}, published</td>${publishedCell(row.srcc)}${publishedCell(row.plcc)}<td class="protocol-cell">${row.protocol}</td></tr>`;
}

/** Published with four decimals, shown as published. */
function publishedCell(value: number | null): Markup {
  if (value === null)
    return html`<td class="figure">${NO_FIGURE} <small class="reason">not in the source</small></td>`;
  return html`<td class="figure"><data value="${value}">${formatFixed(value, 4)}</data></td>`;
}

function ourRows(data: ReportData, aspect: Aspect): HtmlValue {
  const fit = fittedAspects(data).find((fitted) => fitted.aspect === aspect)?.fit;
  if (fit === undefined) return null;
  const row = (name: string, metrics: { n: number; srcc: Metric; plcc_raw: Metric }) =>
    html`<tr><th>${aspect}</th><td>${name}, this run</td>${metricCell(metrics.srcc)}${metricCell(metrics.plcc_raw)}<td class="protocol-cell">${describeSplit(data)}; test n ${metrics.n}; PLCC raw.</td></tr>`;
  return [
    fit.heads.map(({ title, metrics }) => row(title, metrics)),
    row('Metadata floor', fit.floor.metrics),
  ];
}
