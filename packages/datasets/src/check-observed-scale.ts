import type { MosScale } from '@retort/schema';
import { DatasetUnreadableError } from './errors.ts';

/** Fewer values than this say nothing about their scale. */
const MIN_VALUES = 20;
/** More outside than this is another scale, and not a few slips. */
const MAX_OUTSIDE_SHARE = 0.05;
/**
 * A dataset that people rated uses at least this much of its scale. AGIQA-3K spans 0.90 and 0.87 of 0–5, AIGCIQA2023's
 * published table about half of 0–100, a copy of it on 1–5 about half of 0–5: a hundredth of 0–100. Ours, 2026-11-28.
 */
const MIN_SPAN_SHARE = 0.2;

/**
 * Holds MOS as they came against the scale that was said.
 *
 * @param values other than finite numbers are left out
 * @param what where the values are, for the message: a file, or a file's column
 * @throws DatasetUnreadableError they must have been given on another scale
 */
export function checkObservedScale(
  file: string,
  what: string,
  values: readonly number[],
  scale: MosScale,
): void {
  const known = values.filter(Number.isFinite);
  if (known.length < MIN_VALUES) return;
  const outside = known.filter((value) => value < scale.min || value > scale.max).length;
  const [min, max] = known.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const isNarrow = max - min < (scale.max - scale.min) * MIN_SPAN_SHARE;
  if (outside <= known.length * MAX_OUTSIDE_SHARE && !isNarrow) return;
  throw new DatasetUnreadableError(
    file,
    `${what} spans ${round(min)} to ${round(max)}, which isn't the scale ${scale.min} to ${scale.max}: say the right one ` +
      'with --scale (copies of this dataset differ).',
  );
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
