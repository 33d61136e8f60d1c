import type { RepairedRow } from '@retort/corpus';

/** How many rows were repaired and left out, by the code of the finding. */
export interface RepairCounts {
  readonly rows: number;
  readonly repaired: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
}

export function createRepairTally() {
  const repaired: Record<string, number> = {};
  const dropped: Record<string, number> = {};
  let rows = 0;
  return {
    add(row: RepairedRow): void {
      rows += 1;
      if (row.kind === 'same') return;
      const counts = row.kind === 'repaired' ? repaired : dropped;
      for (const code of row.codes) counts[code] = (counts[code] ?? 0) + 1;
    },
    counts: (): RepairCounts => ({ rows, repaired, dropped }),
  };
}
