import { formatCount, formatNoun } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';

type Finding = ReportData['audit']['findings'][number];

const SEVERITIES = ['error', 'warning', 'info'] as const;

/** Rows named with a finding; the rest are counted, report.json has more of them. */
const SHOWN_ROWS = 5;

/** What the audit found in the corpus, worst first. */
export function auditBody({ audit }: ReportData): HtmlValue {
  if (audit.findings.length === 0) {
    return html`<p>${formatNoun(audit.rows, 'row')} checked, no findings.</p>`;
  }
  const sorted = SEVERITIES.flatMap((severity) =>
    audit.findings.filter((finding) => finding.severity === severity),
  );
  return html`<p>${formatNoun(audit.rows, 'row')} checked, ${formatNoun(sorted.length, 'finding')}.</p>
<ul class="findings">${sorted.map(findingItem)}</ul>`;
}

function findingItem(finding: Finding): Markup {
  const shown = finding.rows.slice(0, SHOWN_ROWS);
  const more = finding.row_count - shown.length;
  return html`<li>
<p><span class="badge ${finding.severity}">${finding.severity}</span> <b>${finding.code}</b> <span class="fine">${finding.row_count === 0 ? 'whole corpus' : formatNoun(finding.row_count, 'row')}</span></p>
<p>${finding.evidence}</p>
<p class="advice">${finding.advice}</p>
${
  shown.length > 0 &&
  html`<p class="rows">${shown.map((row) => html`<code>${row}</code> `)}${more > 0 && `and ${formatCount(more)} more`}</p>`
}
</li>`;
}
