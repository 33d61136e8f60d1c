import type { SplitBy } from '@retort/schema';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { AuditRow } from './audit-row.ts';
import type { DetectLanguage } from './debris/language.ts';

/** `error`: don't train on it; `warning`: know it before you do; `info`: a fact about the corpus. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Row ids of a finding that a stored or exported report keeps; `rowCount` says how many there are. */
export const FINDING_ROWS_MAX = 100;

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  /** Ids of the rows concerned, in the order of the corpus; empty when the finding is about the whole corpus. */
  readonly rows: readonly string[];
  /** More than `rows` has where the report was capped. */
  readonly rowCount: number;
  /** What was measured, with figures and an example. */
  readonly evidence: string;
  readonly advice: string;
}

/** A finding as a check makes it: its rows by position, counted from 0. */
export interface CheckFinding extends Omit<Finding, 'rows'> {
  readonly rows: ArrayLike<number>;
}

export interface AuditReport {
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/** What a check may know besides the rows. */
export interface AuditContext {
  /** Rule that made the split; null where it isn't known. */
  readonly splitBy: SplitBy | null;
  /** Counts tokens for `too-long`; null leaves that check out. */
  readonly tokenCounter: TokenCounter | null;
  /** Tokens that a row may have; null is the trainers' own default. */
  readonly maxTokens: number | null;
  /** Tells the language of a text; null leaves languages unjudged. `audit` fills it in. */
  readonly detectLanguage: DetectLanguage | null;
}

/** Nothing is known but the rows. */
export const NO_CONTEXT: AuditContext = {
  splitBy: null,
  tokenCounter: null,
  maxTokens: null,
  detectLanguage: null,
};

/** A row on its way past the checks. */
export interface AuditEntry {
  /** Place in the corpus, counted from 0. */
  readonly position: number;
  readonly row: AuditRow;
  /** Number of the row's `imageKey`, in the order in which they came; null without one. */
  readonly image: number | null;
}

/** One pass over the rows. */
export interface CheckRun {
  /** Keeps no row: at a million rows a check has a few dozen bytes for each. */
  see(entry: AuditEntry): void;
  finish(): readonly CheckFinding[];
}

/** One thing an audit looks for. A new one is a file in `checks/` and a line in `registry.ts`. */
export interface AuditCheck {
  readonly code: string;
  start(context: AuditContext): CheckRun;
}

/** A report as `audit.json` and `--json` hold it. */
export function auditJson(report: AuditReport) {
  return {
    rows: report.rows,
    findings: report.findings.map((finding) => ({
      code: finding.code,
      severity: finding.severity,
      rows: finding.rows,
      row_count: finding.rowCount,
      evidence: finding.evidence,
      advice: finding.advice,
    })),
  };
}
