import { describeAnswers, describeSawLabel } from '../describe-run.ts';
import { formatCount, formatNoun, formatUsd } from '../format-figures.ts';
import { type HtmlValue, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';

/** Who answered, how often, and for how much. */
export function teacherBody(data: ReportData): HtmlValue {
  const { run, counts } = data;
  return html`<p>${describeAnswers(data)} ${describeSawLabel(data)}</p>
<dl class="facts">
<dt>Teacher</dt><dd>${run.teacher}</dd>
<dt>Model</dt><dd>${run.model}</dd>
<dt>Calls</dt><dd>${formatCount(counts.teacher_calls)}${run.recorded && ' (each read from the recordings)'}; ${formatNoun(counts.reused_answers, 'answer')} of earlier runs reused</dd>
<dt>Tokens</dt><dd>${describeTokens(counts.tokens)}</dd>
<dt>Cost</dt><dd>${formatUsd(counts.cost_usd)}</dd>
${counts.prices.length > 0 && html`<dt>Price</dt><dd>${counts.prices.map((price) => html`<span class="line">${price}</span>`)}</dd>\n`}<dt>Given up</dt><dd>${
    counts.dead_letters_total === 0
      ? 'nothing: no dead letters'
      : html`<a href="#set-aside">${formatNoun(counts.dead_letters_total, 'dead letter')}</a>`
  }</dd>
</dl>`;
}

function describeTokens({ input, output, thinking }: ReportData['counts']['tokens']): string {
  if (input === null && output === null && thinking === null) return 'unknown';
  const parts = [
    ['in', input],
    ['out', output],
    ['thinking', thinking],
  ] as const;
  return parts
    .map(([kind, value]) => `${value === null ? 'unknown' : formatCount(value)} ${kind}`)
    .join(', ');
}
