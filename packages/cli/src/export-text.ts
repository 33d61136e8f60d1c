import type { ExportReport } from '@retort/pipeline';
import { SPLITS } from '@retort/schema';

/** Rows that are named on a terminal; --json and left-out.jsonl have more. */
const NAMED_ROWS = 5;

/** What an export came to, in lines for people. */
export function describeExport(report: ExportReport): string[] {
  const { rowsBySplit } = report;
  const splits = SPLITS.map((split) => `${split} ${rowsBySplit[split]}`).join(', ');
  return [
    `${report.rows} rows (${splits}) ${ending(report)}: ${report.formats.join(', ')}`,
    ...leftOutLines(report),
    ...tokenLines(report),
  ];
}

function ending({ path, reused }: ExportReport): string {
  if (path === null) return 'would be written';
  return reused ? 'were there already, nothing to do' : 'written';
}

function leftOutLines({ survey: { leftOut, leftOutRows } }: ExportReport): string[] {
  if (leftOut === 0) return [];
  const named = leftOutRows.slice(0, NAMED_ROWS).map(({ id, reason }) => `  ${id}: ${reason}`);
  const more = leftOut > NAMED_ROWS ? [`  … ${leftOut - NAMED_ROWS} more in left-out.jsonl`] : [];
  return [`${leftOut} rows are left out:`, ...named, ...more];
}

function tokenLines({ survey: { tokens }, rows }: ExportReport): string[] {
  if (tokens === null) return [];
  const cut = tokens.cut.map(({ limit, rows: count }) => `${count} at ${limit} (${percent(count, rows)})`);
  const named = tokens.longRows
    .slice(0, NAMED_ROWS)
    .map(({ id, tokens: count }) => `  ${id}: ${count} tokens`);
  const more = tokens.longRows.length > NAMED_ROWS ? [`  … ${tokens.longRows.length - NAMED_ROWS} more`] : [];
  return [
    `Rows that a trainer cuts: ${cut.join(', ')} tokens; the longest has ${tokens.longest} (${tokens.counter})`,
    ...named,
    ...more,
  ];
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;
}

/** The same as one JSON object. */
export function exportJson({ survey, rowsBySplit, ...report }: ExportReport) {
  const { tokens } = survey;
  return {
    ...report,
    rows_by_split: rowsBySplit,
    left_out: survey.leftOut,
    left_out_rows: survey.leftOutRows,
    tokens: tokens && {
      counter: tokens.counter,
      exact: tokens.exact,
      longest: tokens.longest,
      cut: tokens.cut,
      long_rows: tokens.longRows,
    },
  };
}
