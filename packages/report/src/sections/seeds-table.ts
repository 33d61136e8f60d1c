import type { SeedFigure } from '../fit-data.ts';
import { type FittedAspect, scorerOf } from '../fitted-aspects.ts';
import { formatFixed, NO_FIGURE } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { protocolLine } from './protocol-box.ts';
import { tableFrame } from './section.ts';

/** Figures that are shown, by the scorer's names; the others stand in report.json. */
const COLUMNS = [
  ['srcc', 'SRCC'],
  ['plcc_raw', 'PLCC raw'],
  ['krcc', 'KRCC'],
  ['rmse_raw', 'RMSE raw'],
  ['accuracy', 'Words right'],
  ['within_generator', 'SRCC in a setting'],
  ['within_prompt', 'SRCC in an image prompt'],
] as const;

/** Median and SD over the networks of a head, each from a seed of its own; null where every head has one network alone. */
export function seedsTable(data: ReportData, { aspect, fit }: FittedAspect): HtmlValue {
  if (fit.seeds === undefined || fit.seeds.length === 0) return null;
  return tableFrame(html`<table>
<caption>${protocolLine(data, `${aspect}, over seeds`, scorerOf(fit).metrics.n)}; each network alone, median ± standard deviation, number of seeds</caption>
<thead><tr><th>Predictor</th>${COLUMNS.map(([, title]) => html`<th class="figure">${title}</th>`)}</tr></thead>
<tbody>${fit.seeds.map(
    ({ head, figures }) =>
      html`<tr><th>${fit.heads.find(({ name }) => name === head)?.title ?? head}</th>${COLUMNS.map(([name]) => seedCell(figures.find(({ figure }) => figure === name)))}</tr>`,
  )}</tbody>
</table>`);
}

function seedCell(figure: SeedFigure | undefined): Markup {
  if (figure === undefined || figure.median === null)
    return html`<td class="figure">${NO_FIGURE} <small class="reason">${figure?.reason ?? 'not measured over seeds'}</small></td>`;
  const { median, sd, n } = figure;
  return html`<td class="figure"><data value="${median}">${formatFixed(median, 3)}</data>${sd !== null && ` ± ${formatFixed(sd, 3)}`} <small class="interval">${n === 1 ? 'one seed, no SD' : `${n} seeds`}</small></td>`;
}
