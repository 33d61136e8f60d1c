/** Dollars of a run, worst case where they aren't known yet. */
export interface BudgetReached {
  readonly budgetUsd: number;
  readonly spentUsd: number;
  readonly reservedUsd: number;
  /** What the request that didn't fit could cost at most. */
  readonly nextUsd: number;
}

/** Why a run stops at its budget: all that counts against it. */
export function budgetReachedReason({ budgetUsd, spentUsd, reservedUsd, nextUsd }: BudgetReached): string {
  const [spent, reserved, next] = [spentUsd, reservedUsd, nextUsd].map((usd) => `$${usd.toFixed(4)}`);
  return `the budget of $${budgetUsd} is reached (${spent} spent, ${reserved} reserved, and the next request could cost up to ${next})`;
}
