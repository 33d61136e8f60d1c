import { SPLITS } from '@retort/schema';
import type { AuditRow } from './audit-row.ts';
import type { AuditEntry, CheckRun, Severity } from './finding.ts';
import { createGrowingArray } from './growing-array.ts';
import { createRowList } from './row-list.ts';

export interface SplitOverlapOptions {
  readonly code: string;
  readonly severity: Severity;
  /** What is shared, as a plural: `image prompts`. */
  readonly things: string;
  readonly advice: string;
  /** Number of what must stay on one side; null for a row without it. */
  numberOf(entry: AuditEntry): number | null;
  /** How a shared one is shown, by a row that has it. */
  show(row: AuditRow): string;
}

/**
 * Finds keys that stand in more than one split. Listed are the rows outside the split that has most of a key's rows:
 * the ones to move. A row whose split isn't known is passed over.
 */
export function startSplitOverlap(options: SplitOverlapOptions): CheckRun {
  const counts = SPLITS.map(() => createGrowingArray());
  // By position: key and split in one number, plus 1; 0 of a row without.
  const sideOfRow = createGrowingArray();
  let [keys, last, rows] = [0, 0, 0];
  let example: { readonly key: number; readonly shown: string } | null = null;
  const splitsOf = (key: number) => SPLITS.filter((_, split) => (counts[split]?.at(key) ?? 0) > 0);
  const homeOf = (key: number): number => {
    const sizes = counts.map((count) => count.at(key));
    return sizes.indexOf(Math.max(...sizes));
  };
  return {
    see(entry) {
      const { position, row } = entry;
      const key = row.split === null ? null : options.numberOf(entry);
      if (row.split === null || key === null) return;
      const split = SPLITS.indexOf(row.split);
      if (splitsOf(key).length === 0) keys += 1;
      last = Math.max(last, key);
      counts[split]?.set(key, (counts[split]?.at(key) ?? 0) + 1);
      if (example === null && splitsOf(key).length > 1) example = { key, shown: options.show(row) };
      sideOfRow.set(position, 1 + key * SPLITS.length + split);
      rows = position + 1;
    },
    finish() {
      if (example === null) return [];
      let shared = 0;
      for (let key = 0; key <= last; key += 1) if (splitsOf(key).length > 1) shared += 1;
      const found = createRowList();
      for (let position = 0; position < rows; position += 1) {
        const side = sideOfRow.at(position) - 1;
        if (side < 0 || side % SPLITS.length === homeOf(Math.floor(side / SPLITS.length))) continue;
        found.add(position);
      }
      const { key, shown } = example;
      const sides = splitsOf(key).map((split) => `${split} (${counts[SPLITS.indexOf(split)]?.at(key)})`);
      return [
        {
          code: options.code,
          severity: options.severity,
          ...found.listed(),
          evidence:
            `${shared} of ${keys} ${options.things} stand in more than one split; ` +
            `first ${shown} in ${sides.join(' and ')}.`,
          advice: options.advice,
        },
      ];
    },
  };
}
