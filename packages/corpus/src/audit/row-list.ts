import type { CheckFinding } from './finding.ts';

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

const FIRST_CAPACITY = 16;

export function createRowList(): RowList {
  let held = new Uint32Array(FIRST_CAPACITY);
  let count = 0;
  const list: RowList = {
    add(position) {
      if (count === held.length) {
        const grown = new Uint32Array(2 * count);
        grown.set(held);
        held = grown;
      }
      held[count] = position;
      count += 1;
    },
    addAll(rows) {
      for (const position of rows?.positions() ?? []) list.add(position);
    },
    get count() {
      return count;
    },
    positions: () => held.subarray(0, count),
    listed: () => ({ rows: held.slice(0, count).sort(), rowCount: count }),
  };
  return list;
}
