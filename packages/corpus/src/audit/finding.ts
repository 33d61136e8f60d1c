import type { CorpusRow, SplitBy } from '@retort/schema';

/** `error`: don't train on it; `warning`: know it before you do; `info`: a fact about the corpus. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Row ids that a finding lists; `rowCount` says how many there are. */
export const FINDING_ROWS_MAX = 100;

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  /** Ids of the rows concerned, at most `FINDING_ROWS_MAX`; empty when the finding is about the whole corpus. */
  readonly rows: readonly string[];
  readonly rowCount: number;
  /** What was measured, with figures and an example. */
  readonly evidence: string;
  readonly advice: string;
}

export interface AuditReport {
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/** What a check may know besides the rows. */
export interface AuditContext {
  /** Rule that made the split; null where it isn't known. */
  readonly splitBy: SplitBy | null;
}

/** A row on its way past the checks; the id is made once and shared by all. */
export interface AuditEntry {
  readonly id: string;
  readonly row: CorpusRow;
}

/** One pass over the rows. */
export interface CheckRun {
  see(entry: AuditEntry): void;
  finish(): readonly Finding[];
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
