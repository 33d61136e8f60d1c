import { formatCount, formatNoun } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell } from './figures.ts';
import { tableFrame } from './section.ts';

/** Rows that weren't taken and requests that were given up, each with its reason. */
export function setAsideBody({ counts }: ReportData): HtmlValue {
  return [
    html`<h3>Rows set aside</h3>`,
    counts.rejected_total === 0
      ? html`<p>None: every row of the dataset was taken.</p>`
      : [cutNote(counts.rejected.length, counts.rejected_total, 'row'), tableFrame(rejectedTable(counts))],
    html`<h3>Dead letters</h3>`,
    counts.dead_letters_total === 0
      ? html`<p>None: every request was answered.</p>`
      : [
          cutNote(counts.dead_letters.length, counts.dead_letters_total, 'dead letter'),
          tableFrame(deadLetterTable(counts)),
        ],
  ];
}

function cutNote(shown: number, total: number, noun: string): Markup {
  const cut = shown < total && `; the first ${formatCount(shown)} are listed`;
  return html`<p>${formatNoun(total, noun)}${cut}.</p>`;
}

function rejectedTable({ rejected }: ReportData['counts']): Markup {
  return html`<table>
<thead><tr><th>File</th><th class="figure">Row</th><th>Name</th><th>Reason</th></tr></thead>
<tbody>${rejected.map(
    (row) =>
      html`<tr><td><code>${row.file}</code></td><td class="figure">${row.row ?? '—'}</td><td><code>${row.name ?? '—'}</code></td><td>${row.reason}</td></tr>`,
  )}</tbody>
</table>`;
}

function deadLetterTable({ dead_letters: deadLetters }: ReportData['counts']): Markup {
  return html`<table>
<thead><tr><th>Image</th><th>Aspect</th><th>Outcome</th><th>Reason</th><th class="figure">Attempts</th></tr></thead>
<tbody>${deadLetters.map(
    (letter) =>
      html`<tr><td><code>${letter.image}</code></td><td>${letter.aspect}</td><td>${letter.outcome}</td><td>${letter.reason ?? '—'}</td>${countCell(letter.attempts)}</tr>`,
  )}</tbody>
</table>`;
}
