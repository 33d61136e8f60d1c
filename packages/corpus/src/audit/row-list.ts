import type { Finding } from './finding.ts';
import { FINDING_ROWS_MAX } from './finding.ts';

/** Collects row ids for a finding: keeps the first few, counts all. */
export interface RowList {
  add(id: string): void;
  readonly count: number;
  /** The list as members of a finding. */
  listed(): Pick<Finding, 'rows' | 'rowCount'>;
}

export function createRowList(): RowList {
  const ids: string[] = [];
  let count = 0;
  return {
    add(id) {
      count += 1;
      if (ids.length < FINDING_ROWS_MAX) ids.push(id);
    },
    get count() {
      return count;
    },
    listed: () => ({ rows: ids, rowCount: count }),
  };
}
