import type { AuditRow } from './audit-row.ts';
import type { AuditCheck, Severity } from './finding.ts';
import { createRowList } from './row-list.ts';

export interface RowCheckOptions {
  readonly code: string;
  readonly severity: Severity;
  /** What the rows have in common, after "<n> of <m> rows ": a verb phrase. */
  readonly summary: string;
  readonly advice: string;
  /** What is wrong with this row, in a few words; null when nothing is. */
  find(row: AuditRow): string | null;
}

/** A check that judges each row on its own. */
export function createRowCheck(options: RowCheckOptions): AuditCheck {
  return {
    code: options.code,
    start() {
      const found = createRowList();
      let seen = 0;
      let example = '';
      return {
        see({ position, row }) {
          seen += 1;
          const problem = options.find(row);
          if (problem === null) return;
          if (found.count === 0) example = `${row.id}: ${problem}`;
          found.add(position);
        },
        finish() {
          if (found.count === 0) return [];
          return [
            {
              code: options.code,
              severity: options.severity,
              ...found.listed(),
              evidence: `${found.count} of ${seen} rows ${options.summary}; first ${example}.`,
              advice: options.advice,
            },
          ];
        },
      };
    },
  };
}
