import { formatNumber } from './table.ts';

/** One number and what it must reach. */
export interface Check {
  readonly what: string;
  readonly measured: number;
  readonly must: { readonly atLeast: number } | { readonly atMost: number };
}

/** What a row of the table found. */
export interface Measurement {
  readonly kind: 'measured';
  readonly checks: readonly Check[];
  /** Rows that went through, all repeats together. */
  readonly n: number;
  /** Everything else worth knowing; goes below the table and into the JSON. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A row that this checkout or machine can't measure, with the reason. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
}

/** A row that broke off: a finding too, so the rest of the table still comes. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
}

export type Finding = Measurement | Unavailable | Failed;

export interface RowReport {
  readonly name: string;
  readonly about: string;
  readonly seconds: number;
  readonly finding: Finding;
}

export function isReached({ measured, must }: Check): boolean {
  return 'atLeast' in must ? measured >= must.atLeast : measured <= must.atMost;
}

/** True when a row was measured and missed, or broke off. */
export function isMiss({ finding }: RowReport): boolean {
  if (finding.kind === 'failed') return true;
  return finding.kind === 'measured' && !finding.checks.every(isReached);
}

function mustText({ must }: Check): string {
  return 'atLeast' in must ? `>= ${formatNumber(must.atLeast)}` : `<= ${formatNumber(must.atMost)}`;
}

const HEAD = ['row', 'what', 'measured', 'must reach', '', 'n', 'seconds'] as const;

/** The table's cells: a line a check, the row's name, n and seconds on the first. */
export function tableCells(reports: readonly RowReport[]): string[][] {
  return [[...HEAD], ...reports.flatMap(cellsOf)];
}

function cellsOf({ name, about, seconds, finding }: RowReport): string[][] {
  const took = seconds.toFixed(0);
  if (finding.kind === 'unavailable') return [[name, about, '', '', 'n/a', '', took]];
  if (finding.kind === 'failed') return [[name, about, '', '', 'FAILED', '', took]];
  return finding.checks.map((check, index) => [
    index === 0 ? name : '',
    check.what,
    formatNumber(check.measured),
    mustText(check),
    isReached(check) ? 'pass' : 'MISS',
    index === 0 ? String(finding.n) : '',
    index === 0 ? took : '',
  ]);
}

/** What stands below the table: the figures behind a row, or why it has none. */
export function noteOf({ name, finding }: RowReport): string {
  if (finding.kind === 'unavailable') return `${name}: not available: ${finding.reason}`;
  if (finding.kind === 'failed') return `${name}: failed: ${finding.reason}`;
  const facts = Object.entries(finding.facts).map(
    ([fact, value]) => `${fact} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
  return `${name}: ${facts.join(', ')}`;
}
