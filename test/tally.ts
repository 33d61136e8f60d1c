export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The line that a test run ends with: `12 passed, 0 failed`, and `, 1 skipped` where some were. */
export function tallyLine(tallies: readonly Tally[]): string {
  const total = sumTallies(tallies);
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
  return `${total.passed} passed, ${total.failed} failed${skipped}`;
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}
