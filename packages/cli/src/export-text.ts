import { tokenSharesText } from '@retort/corpus';
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
  if (reused) return 'were there already, nothing to do';
  return path === null ? 'would be written' : 'written';
}

function leftOutLines({ survey: { leftOut, leftOutRows } }: ExportReport): string[] {
  if (leftOut === 0) return [];
  const named = leftOutRows.slice(0, NAMED_ROWS).map(({ id, reason }) => `  ${id}: ${reason}`);
  const more = leftOut > NAMED_ROWS ? [`  … ${leftOut - NAMED_ROWS} more in left-out.jsonl`] : [];
  return [`${leftOut} rows are left out:`, ...named, ...more];
}

function tokenLines({ survey: { tokens } }: ExportReport): string[] {
  if (tokens === null) return [];
  const named = tokens.longRows
    .slice(0, NAMED_ROWS)
    .map(({ id, tokens: count }) => `  ${id}: ${count} tokens`);
  const others = (tokens.cut.at(-1)?.rows ?? 0) - named.length;
  return [
    tokenSharesText(tokens),
    ...named,
    ...(named.length > 0 && others > 0 ? [`  … ${others} more`] : []),
  ];
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
