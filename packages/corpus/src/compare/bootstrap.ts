import { createRandom } from './random.ts';
import { quantile } from './summary-statistics.ts';

/** A figure with its 95 % interval; null where it isn't defined. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export const NO_ESTIMATE: Estimate = { value: null, low: null, high: null };

/** A figure of the rows with these indexes; null where it isn't defined. */
export type Statistic = (rows: readonly number[]) => number | null;

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

/** With fewer groups than this an interval would say more than is known. */
const MIN_GROUPS = 5;

/**
 * Each statistic of all rows, with the 2.5 % and 97.5 % quantiles of what it is when whole groups (image prompts) are drawn
 * with replacement. All statistics see the same draws, so that a difference of two sides is paired.
 *
 * @param groupOf the group of each row, by index
 */
export function bootstrap<Name extends string>(
  groupOf: readonly string[],
  statistics: Readonly<Record<Name, Statistic>>,
  { resamples, seed }: BootstrapOptions,
): Record<Name, Estimate> {
  const groups = [...Map.groupBy(groupOf.keys(), (row) => groupOf[row]).values()];
  const all = [...groupOf.keys()];
  const random = createRandom(seed);
  // Object.keys widens the keys of the record to string; they are its names.
  const names = Object.keys(statistics) as Name[];
  const drawn = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; groups.length >= MIN_GROUPS && round < resamples; round += 1) {
    const rows = groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? []);
    for (const name of names) {
      const value = statistics[name](rows);
      if (value !== null) drawn.get(name)?.push(value);
    }
  }
  const estimates = names.map((name) => [name, estimate(statistics[name](all), drawn.get(name) ?? [])]);
  return Object.fromEntries(estimates) as Record<Name, Estimate>; // a member for each name
}

function estimate(value: number | null, drawn: readonly number[]): Estimate {
  if (value === null) return NO_ESTIMATE;
  return { value, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** For a figure that is asked of each draw twice, alone and in a difference: worked out once. */
export function once(statistic: Statistic): Statistic {
  const known = new WeakMap<readonly number[], number | null>();
  return (rows) => {
    const value = known.get(rows) ?? statistic(rows);
    known.set(rows, value);
    return value;
  };
}
