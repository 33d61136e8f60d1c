import type { AuditReport } from '@retort/corpus';
import type { RepairCounts } from '@retort/pipeline';
import { tableLines } from './terminal/table.ts';

/** A report for people: a table of findings, then each with its evidence, advice and first rows. */
export function auditText(name: string, report: AuditReport, { color }: { readonly color: boolean }): string {
  const { rows, findings } = report;
  if (findings.length === 0) return `${name}: ${rows} rows, no findings.`;
  const table = tableLines(
    [{ title: 'severity' }, { title: 'finding' }, { title: 'rows', align: 'right' }],
    findings.map(({ severity, code, rowCount }) => [
      severity,
      code,
      rowCount === 0 ? 'all' : String(rowCount),
    ]),
    { color },
  );
  const details = findings.flatMap((finding) => {
    const more = finding.rowCount - finding.rows.length;
    const listed = finding.rows.length === 0 ? '' : finding.rows.join(', ');
    return [
      '',
      `${finding.severity} ${finding.code}`,
      `  ${plain(finding.evidence)}`,
      `  → ${plain(finding.advice)}`,
      ...(listed === '' ? [] : [`  rows: ${plain(listed)}${more > 0 ? ` and ${more} more` : ''}`]),
    ];
  });
  return [`${name}: ${rows} rows, ${findings.length} findings`, '', ...table, ...details].join('\n');
}

/** Rows of a table that are told one by one; a wrong scale rejects them all. */
const REJECTED_SHOWN = 5;

/** What of a table of ratings couldn't be used. */
export function rejectedText(rejected: readonly string[]): readonly string[] {
  const more = rejected.length - REJECTED_SHOWN;
  return [
    ...rejected.slice(0, REJECTED_SHOWN).map((reason) => `Not used of the ratings: ${reason}`),
    ...(more > 0 ? [`… and ${more} more rows of the ratings.`] : []),
  ];
}

/** Said where a table of ratings has none of the images that were audited. */
export function noRatingsText(file: string | undefined, images: number): string {
  return (
    `No label was checked: none of the ${images} images of ${file} is in these files. Images are found by our ids, their paths or ` +
    'their file names: look at the names, or say with --columns name=… which column has them.'
  );
}

/** What a repair came to. */
export function repairText({ rows, repaired, dropped }: RepairCounts, where: string): string {
  const lines = (counts: Readonly<Record<string, number>>, what: string): string[] =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, count]) => `${String(count).padStart(9)}  ${code}: ${what}`);
  const changes = [...lines(repaired, 'repaired'), ...lines(dropped, 'left out')];
  if (changes.length === 0) return `${rows} rows, nothing that could be repaired safely: ${where}`;
  return [`${rows} rows, repairs written to ${where}`, ...changes].join('\n');
}

function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
