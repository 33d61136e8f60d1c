import { describeLeakage, describeScorerInputs, describeSplit, describeSplitRows } from '../describe-run.ts';
import { type FittedAspect, fittedAspects } from '../fitted-aspects.ts';
import { formatFixed } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';

/** How the figures below it came about: stands above every table of results. */
export function protocolBox(data: ReportData): Markup {
  const { run, fit_protocol: protocol } = data;
  const fitted = fittedAspects(data);
  const describesText = run.saw_label || protocol?.description_weight !== undefined;
  const floors = [...new Set(fitted.map(({ fit }) => fit.floor.definition))];
  return html`<aside class="protocol" aria-label="Protocol">
<h3>Protocol</h3>
<dl>
<dt>Split</dt><dd class="sentence">${describeSplit(data)}. ${run.split_note}${describeLeakage(data)}</dd>
<dt>Rows</dt><dd>${fitted.map(({ aspect }) => html`<span class="line">${aspect}: ${describeSplitRows(data, aspect)}</span> `)}</dd>
<dt>Fit</dt><dd>Fitted on train; val chose the epoch; test was read once, at the end.</dd>
${
  protocol !== null &&
  html`<dt>Features</dt><dd class="sentence">${protocol.encoder}${describesText && ` ${describeScorerInputs(data)}.`}</dd>
<dt>Heads</dt><dd>${protocol.heads.map(({ title, phrase }) => html`<span class="line">${title}: ${phrase}</span> `)}</dd>
<dt>Intervals</dt><dd>${protocol.metric_interval} A prediction’s: ${protocol.prediction_interval} ${fitted.map(conformalLine)}</dd>`
}
<dt>Floor</dt><dd class="sentence">${floors.map((definition) => html`<span class="line">${definition}</span> `)}</dd>
<dt>PLCC, RMSE</dt><dd>Raw, and after a logistic with 4 or 5 parameters fitted on the same test predictions.</dd>
</dl>
</aside>`;
}

function conformalLine({ aspect, fit: { conformal } }: FittedAspect): HtmlValue {
  if (conformal === undefined) return null;
  const width = conformal.half_width;
  return html`<span class="line sentence">${aspect}: ${width !== null && `± ${formatFixed(width, 2)}; `}${conformal.note}</span> `;
}

/** Caption of a table of results: what a figure must never stand without. */
export function protocolLine(data: ReportData, subject: string, n: number): string {
  return `${subject}: test rows, n ${n}, ${describeSplit(data)}`;
}
