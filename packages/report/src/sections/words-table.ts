import type { Metric, Words } from '../fit-data.ts';
import { type FittedAspect, scorerOf } from '../fitted-aspects.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell, metricCell } from './figures.ts';
import { protocolLine } from './protocol-box.ts';
import { tableFrame } from './section.ts';

/** How often the predicted MOS falls in the right word, beside what the metadata alone give; null where no fit measured it. */
export function wordsTable(data: ReportData, { aspect, fit }: FittedAspect): HtmlValue {
  const head = scorerOf(fit).words;
  if (head === undefined) return null;
  const rows: (readonly [string, Words | undefined])[] = [
    ...fit.heads.map(({ title, words }) => [title, words] as const),
    ['Metadata floor: word of its MOS', fit.floor.words],
    ['Metadata floor: commonest word', fit.floor.commonest_word],
  ];
  return tableFrame(html`<table>
<caption>${protocolLine(data, `${aspect}, words`, head.n)}; words are cut at 1, 2, 3 and 4, a MOS on a cut belongs to the word above; rough: at most one word off; precision and F1 weighted by the words’ rows</caption>
<thead>
<tr><th rowspan="2">Predictor</th><th class="figure" rowspan="2">n</th><th class="figure" rowspan="2">Accuracy</th><th class="figure" rowspan="2">Rough</th><th class="figure" rowspan="2">Precision</th><th class="figure" rowspan="2">F1</th><th class="group" colspan="${head.recall.length}">Recall</th></tr>
<tr>${head.recall.map(({ word, n }) => html`<th class="figure">${word}<br>n ${n}</th>`)}</tr>
</thead>
<tbody>${rows.map(([name, words]) => wordsRow(name, words, head.recall.length))}</tbody>
</table>`);
}

function wordsRow(name: string, words: Words | undefined, recalls: number): Markup {
  if (words === undefined)
    return html`<tr><th>${name}</th><td class="reason" colspan="${recalls + 5}">not measured by this fit</td></tr>`;
  const cells: readonly Metric[] = [
    words.accuracy,
    words.rough_accuracy,
    words.precision_weighted,
    words.f1_weighted,
    ...words.recall.map(({ recall }) => recall),
  ];
  return html`<tr><th>${name}</th>${countCell(words.n)}${cells.map(metricCell)}</tr>`;
}
