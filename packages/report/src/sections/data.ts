import { SPLITS } from '@retort/schema';
import { describeLeakage, describeReview, describeSplit } from '../describe-run.ts';
import { formatNoun } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell } from './figures.ts';
import { tableFrame } from './section.ts';

/** Dataset, licence and how its rows were split. */
export function dataBody(data: ReportData): HtmlValue {
  const { run, counts } = data;
  const review = describeReview(data);
  return html`<dl class="facts">
<dt>Dataset</dt><dd>${run.dataset}, ${formatNoun(counts.images, 'image')}${
    counts.rejected_total > 0 &&
    html`; <a href="#set-aside">${formatNoun(counts.rejected_total, 'row')} set aside</a>`
  }</dd>
<dt>Source</dt><dd>${run.dataset_source ?? 'not stated'}</dd>
<dt>Licence</dt><dd>${run.dataset_licence ?? 'not stated'}</dd>
<dt>Split</dt><dd class="sentence">${describeSplit(data)}. ${run.split_note}${describeLeakage(data)}</dd>
${review !== null && html`<dt>Review</dt><dd class="sentence">${review}</dd>`}
</dl>
${counts.rows.length > 0 && tableFrame(splitTable(data))}`;
}

function splitTable({ run, counts }: ReportData): Markup {
  const cellOf = (aspect: string, split: string) => {
    const found = counts.rows.find((row) => row.aspect === aspect && row.split === split);
    const prompts = found?.image_prompts ?? null;
    if (prompts === null) return countCell(found?.rows ?? 0);
    return html`<td class="figure"><data value="${found?.rows}">${found?.rows}</data> <small>${formatNoun(prompts, 'prompt')}</small></td>`;
  };
  return html`<table>
<caption>Rows of each aspect and split, and the image prompts they come from</caption>
<thead><tr><th>Aspect</th>${SPLITS.map((split) => html`<th class="figure">${split}</th>`)}</tr></thead>
<tbody>${run.aspects.map(
    (aspect) => html`<tr><th>${aspect}</th>${SPLITS.map((split) => cellOf(aspect, split))}</tr>`,
  )}</tbody>
</table>`;
}
