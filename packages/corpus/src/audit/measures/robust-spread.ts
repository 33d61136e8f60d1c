/** Middle and spread of values that a few odd ones don't move. */
export interface RobustSpread {
  readonly median: number;
  /** Median distance from the median, times 1.4826: the standard deviation, were the values normally spread. */
  readonly deviation: number;
}

/** Makes the median absolute deviation estimate a normal distribution's standard deviation (1 / its third quartile). */
const MAD_TO_DEVIATION = 1.4826;

/** NaN of nothing. */
export function robustSpread(values: Float64Array): RobustSpread {
  const median = medianOf(values);
  const distances = values.map((value) => Math.abs(value - median));
  return { median, deviation: MAD_TO_DEVIATION * medianOf(distances) };
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}
