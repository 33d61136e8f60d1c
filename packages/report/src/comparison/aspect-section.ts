import { formatCount, formatNoun } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import { tableFrame } from '../sections/section.ts';
import type { AspectComparison, ComparedWord } from './comparison-data.ts';
import { estimateCell, number, sideMark, sidesHead, spreadCell, textCell } from './comparison-figures.ts';

/** Everything about one aspect. */
export function aspectBody(data: AspectComparison): HtmlValue {
  return [
    html`<p class="fine">${formatNoun(data.pairs, 'image')}, ${formatNoun(data.image_prompts, 'image prompt')}.</p>`,
    html`<h3>Do they say the same?</h3>`,
    tableFrame(agreementTable(data)),
    html`<h3>How long are they?</h3>`,
    tableFrame(lengthTable(data)),
    html`<h3>What do their words say of the MOS?</h3>`,
    sawLabelNote(data),
    mosBlock(data),
    html`<h3>Which words tell them apart?</h3>`,
    wordList('a', data.words.a),
    wordList('b', data.words.b),
  ];
}

function agreementTable({ agreement, pairs }: AspectComparison): Markup {
  const { rouge_l: rouge, jaccard, chance, same } = agreement;
  return html`<table><thead><tr><th>Agreement of A and B</th><th class="figure">mean</th><th class="figure">by chance</th></tr></thead><tbody>
<tr><th>ROUGE-L F1</th>${estimateCell(rouge, 3)}${textCell(number(chance.rouge_l, 3))}</tr>
<tr><th>shared words (Jaccard)</th>${estimateCell(jaccard, 3)}${textCell(number(chance.jaccard, 3))}</tr>
<tr><th>the same text</th>${textCell(`${formatCount(same)} of ${formatCount(pairs)}`)}${textCell('')}</tr>
</tbody></table>`;
}

function lengthTable({ lengths }: AspectComparison): Markup {
  return html`<table><caption>Median and p10 to p90; the difference is of the means.</caption>${sidesHead('Length', true)}<tbody>
${lengths.map(
  ({ unit, a, b, difference }) =>
    html`<tr><th>${unit}</th>${spreadCell(a)}${spreadCell(b)}${estimateCell(difference, 1)}</tr>`,
)}
</tbody></table>`;
}

function sawLabelNote({ saw_label: saw }: AspectComparison): Markup | false {
  const seen = [saw.a && 'A', saw.b && 'B'].filter((side) => side !== false);
  return (
    seen.length > 0 &&
    html`<p class="callout">${seen.join(' and ')} saw the MOS: the teacher was shown it while it wrote, so what these words say of it is no prediction and compares with no blind text.</p>`
  );
}

function mosBlock({ mos, labels, saw_label: saw }: AspectComparison): Markup {
  const mark = (side: 'a' | 'b'): string => (saw[side] ? ' (saw the MOS)' : '');
  const share = ({ right, answers }: AspectComparison['labels']['a']): string =>
    answers === 0 ? 'none' : `${formatCount(right)} of ${formatCount(answers)}`;
  return tableFrame(html`<table>${
    mos.kind === 'fitted'
      ? html`<caption>Image prompts held out, n ${formatCount(mos.rows)}. Always saying the most frequent word is right in ${number(mos.floor_accuracy, 3)}.</caption>`
      : html`<caption>No regression on words was fitted: ${mos.reason}.</caption>`
  }<thead><tr><th>Against the MOS</th><th class="figure">${sideMark('a')}${mark('a')}</th><th class="figure">${sideMark('b')}${mark('b')}</th><th class="figure">B − A</th></tr></thead><tbody>
${
  mos.kind === 'fitted' &&
  html`<tr><th>words predict MOS, SRCC</th>${estimateCell(mos.a.srcc, 3)}${estimateCell(mos.b.srcc, 3)}${estimateCell(mos.difference.srcc, 3)}</tr>
<tr><th>… and its word label</th>${estimateCell(mos.a.accuracy, 3)}${estimateCell(mos.b.accuracy, 3)}${estimateCell(mos.difference.accuracy, 3)}</tr>
`
}<tr><th>one label word, and the right one</th>${textCell(share(labels.a))}${textCell(share(labels.b))}${estimateCell(labels.difference, 3)}</tr>
</tbody></table>`);
}

function wordList(side: 'a' | 'b', words: readonly ComparedWord[]): Markup {
  if (words.length === 0) return html`<p>${sideMark(side)} no word stands out.</p>`;
  return html`<ul class="words"><li>${sideMark(side)}</li>${words.map(
    ({ word, z, a, b }) =>
      html`<li>${word} <small>z ${number(Math.abs(z), 1)}, ${formatCount(a)} : ${formatCount(b)}</small></li>`,
  )}</ul>`;
}
