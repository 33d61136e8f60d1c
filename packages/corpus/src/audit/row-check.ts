import type { CorpusRow } from '@retort/schema';
import type { AuditCheck, Severity } from './finding.ts';
import { createRowList } from './row-list.ts';

export interface RowCheckOptions {
  readonly code: string;
  readonly severity: Severity;
  /** What the rows have in common, after "<n> of <m> rows ": a verb phrase. */
  readonly summary: string;
  readonly advice: string;
  /** What is wrong with this row, in a few words; null when nothing is. */
  find(row: CorpusRow): string | null;
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
        see({ id, row }) {
          seen += 1;
          const problem = options.find(row);
          if (problem === null) return;
          if (found.count === 0) example = `${id}: ${problem}`;
          found.add(id);
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
