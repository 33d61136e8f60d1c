import { SPLITS } from '@retort/schema';
import type { AuditRow } from './audit-row.ts';
import type { CheckRun, Severity } from './finding.ts';
import { createGrowingArray } from './growing-array.ts';
import { createKeyTable } from './key-table.ts';
import { createRowList } from './row-list.ts';

export interface SplitOverlapOptions {
  readonly code: string;
  readonly severity: Severity;
  /** What is shared, as a plural: `image prompts`. */
  readonly things: string;
  readonly advice: string;
  /** What must stay on one side; null for a row without it. */
  keyOf(row: AuditRow): string | null;
  /** How a shared key is shown. */
  show(key: string): string;
}

/**
 * Finds keys that stand in more than one split. Listed are the rows outside the split that has most of a key's rows:
 * the ones to move. A row whose split isn't known is passed over.
 */
export function startSplitOverlap(options: SplitOverlapOptions): CheckRun {
  const keys = createKeyTable();
  const counts = SPLITS.map(() => createGrowingArray());
  // Per row with a key: its position, and its key and split in one number.
  const [positions, sideOfRow] = [createRowList(), createRowList()];
  let example: { readonly key: number; readonly shown: string } | null = null;
  const splitsOf = (key: number) => SPLITS.filter((_, split) => (counts[split]?.at(key) ?? 0) > 0);
  const homeOf = (key: number): number => {
    const sizes = counts.map((count) => count.at(key));
    return sizes.indexOf(Math.max(...sizes));
  };
  return {
    see({ position, row }) {
      const text = row.split === null ? null : options.keyOf(row);
      if (row.split === null || text === null) return;
      const [key, split] = [keys.indexOf(text), SPLITS.indexOf(row.split)];
      counts[split]?.set(key, (counts[split]?.at(key) ?? 0) + 1);
      if (example === null && splitsOf(key).length > 1) example = { key, shown: options.show(text) };
      positions.add(position);
      sideOfRow.add(key * SPLITS.length + split);
    },
    finish() {
      if (example === null) return [];
      let shared = 0;
      for (let key = 0; key < keys.count; key += 1) if (splitsOf(key).length > 1) shared += 1;
      const found = createRowList();
      for (const [index, side] of sideOfRow.positions().entries()) {
        if (side % SPLITS.length === homeOf(Math.floor(side / SPLITS.length))) continue;
        found.add(positions.positions()[index] ?? 0);
      }
      const { key, shown } = example;
      const sides = splitsOf(key).map((split) => `${split} (${counts[SPLITS.indexOf(split)]?.at(key)})`);
      return [
        {
          code: options.code,
          severity: options.severity,
          ...found.listed(),
          evidence:
            `${shared} of ${keys.count} ${options.things} stand in more than one split; ` +
            `first ${shown} in ${sides.join(' and ')}.`,
          advice: options.advice,
        },
      ];
    },
  };
}
