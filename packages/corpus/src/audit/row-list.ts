import type { CheckFinding } from './finding.ts';
import { createIndexList } from './measures/number-list.ts';

/** Collects the positions of the rows of a finding: 4 bytes each. */
export interface RowList {
  add(position: number): void;
  addAll(rows: RowList | null): void;
  readonly count: number;
  /** What was added, in its order; not to be kept over the next `add`. */
  positions(): Uint32Array;
  /** The list as members of a finding, in the order of the corpus. */
  listed(): Pick<CheckFinding, 'rows' | 'rowCount'>;
}

export function createRowList(): RowList {
  const held = createIndexList();
  return {
    add: held.push,
    addAll(rows) {
      for (const position of rows?.positions() ?? []) held.push(position);
    },
    get count() {
      return held.length;
    },
    positions: held.values,
    listed: () => ({ rows: held.values().slice().sort(), rowCount: held.length }),
  };
}
