import { median } from '../table.ts';
import type { Figures } from './tasks/task.ts';

/** Exponent of growth between two sizes: 1 when ten times the rows take ten times as long, 2 when it is quadratic. */
export function logLogSlope(
  small: { readonly rows: number; readonly seconds: number },
  large: { readonly rows: number; readonly seconds: number },
): number {
  return Math.log(large.seconds / small.seconds) / Math.log(large.rows / small.rows);
}

/** The middle of several runs of one size, each figure for itself. */
export function medianFigures(runs: readonly Figures[]): Figures {
  const middle = (figure: keyof Figures) => median(runs.map((run) => run[figure]));
  return {
    rows: middle('rows'),
    seconds: middle('seconds'),
    pass_seconds: middle('pass_seconds'),
    generate_seconds: middle('generate_seconds'),
    cpu_seconds: middle('cpu_seconds'),
    peak_bytes: middle('peak_bytes'),
  };
}
