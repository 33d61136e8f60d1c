import type { SpendingCell } from '@retort/store';

/** Sums of a part of the bill. USD. */
export interface CostSums {
  readonly calls: number;
  /** Null when the cost of one of the calls isn't known; 0 is free. */
  readonly cost_usd: number | null;
  /** Of the calls whose cost is known. */
  readonly known_cost_usd: number;
  readonly unknown_cost_calls: number;
  /** Calls that broke off and may have been billed; the cost has them at their worst case. */
  readonly maybe_billed: { readonly calls: number; readonly cost_usd: number };
  readonly tokens: { readonly input: number; readonly output: number; readonly thinking: number };
}

export function sumCosts(cells: readonly SpendingCell[]): CostSums {
  const total = (of: (cell: SpendingCell) => number): number =>
    cells.reduce((sum, cell) => sum + of(cell), 0);
  const known = total(({ knownUsd }) => knownUsd);
  const unknown = total(({ unknownCost }) => unknownCost);
  return {
    calls: total(({ attempts }) => attempts),
    cost_usd: unknown > 0 ? null : known,
    known_cost_usd: known,
    unknown_cost_calls: unknown,
    maybe_billed: {
      calls: total(({ maybeBilled }) => maybeBilled),
      cost_usd: total(({ maybeBilledUsd }) => maybeBilledUsd),
    },
    tokens: {
      input: total(({ inputTokens }) => inputTokens),
      output: total(({ outputTokens }) => outputTokens),
      thinking: total(({ thinkingTokens }) => thinkingTokens),
    },
  };
}

/** The same for each part that `nameOf` tells apart, in the order in which they are met. */
export function groupCosts<Name extends Readonly<Record<string, string | null>>>(
  cells: readonly SpendingCell[],
  nameOf: (cell: SpendingCell) => Name,
): (Name & CostSums)[] {
  const groups = new Map<string, { name: Name; members: SpendingCell[] }>();
  for (const cell of cells) {
    const name = nameOf(cell);
    const key = JSON.stringify(name);
    const group = groups.get(key) ?? { name, members: [] };
    group.members.push(cell);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ name, members }) => ({ ...name, ...sumCosts(members) }));
}
