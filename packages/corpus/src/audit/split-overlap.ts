import { SPLITS, type Split } from '@retort/schema';
import type { AuditEntry, CheckRun, Severity } from './finding.ts';
import { createRowList } from './row-list.ts';

export interface SplitOverlapOptions {
  readonly code: string;
  readonly severity: Severity;
  /** What is shared, as a plural: `image prompts`. */
  readonly things: string;
  readonly advice: string;
  /** What must stay on one side; null for a row without it. */
  keyOf(entry: AuditEntry): string | null;
  /** How a shared key is shown. */
  show(key: string): string;
}

type Sides = Record<Split, string[]>;

/**
 * Finds keys that stand in more than one split. Listed are the rows outside the split that has most of a key's rows:
 * the ones to move.
 */
export function startSplitOverlap(options: SplitOverlapOptions): CheckRun {
  const sidesOfKey = new Map<string, Sides>();
  return {
    see(entry) {
      const key = options.keyOf(entry);
      if (key === null) return;
      const sides = sidesOfKey.get(key) ?? { train: [], val: [], test: [] };
      sides[entry.row.split].push(entry.id);
      sidesOfKey.set(key, sides);
    },
    finish() {
      const shared = [...sidesOfKey].filter(([, sides]) => splitsOf(sides).length > 1);
      const [first] = shared;
      if (first === undefined) return [];
      const found = createRowList();
      for (const [, sides] of shared) for (const id of outsiders(sides)) found.add(id);
      const example = splitsOf(first[1])
        .map((split) => `${split} (${first[1][split].length})`)
        .join(' and ');
      return [
        {
          code: options.code,
          severity: options.severity,
          ...found.listed(),
          evidence:
            `${shared.length} of ${sidesOfKey.size} ${options.things} stand in more than one split; ` +
            `first ${options.show(first[0])} in ${example}.`,
          advice: options.advice,
        },
      ];
    },
  };
}

function splitsOf(sides: Sides): readonly Split[] {
  return SPLITS.filter((split) => sides[split].length > 0);
}

function outsiders(sides: Sides): readonly string[] {
  const [home] = [...splitsOf(sides)].sort((a, b) => sides[b].length - sides[a].length);
  return SPLITS.filter((split) => split !== home).flatMap((split) => sides[split]);
}
