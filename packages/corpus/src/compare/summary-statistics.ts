/** Mean; null of nothing. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += at(values, index);
  return sum / values.length;
}

/** Quantile `p` of 0 to 1, linear between neighbours (numpy's default); null of nothing. */
export function quantile(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

export interface Spread {
  readonly median: number | null;
  readonly p10: number | null;
  readonly p90: number | null;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

/** Spearman's rank correlation, ties at their mean rank; null where one side is constant or there are under two. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return pearson(ranks(a), ranks(b));
}

/** Pearson's correlation; null where one side is constant or there are under two. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [meanA, meanB] = [mean(a), mean(b)];
  if (meanA === null || meanB === null) return null;
  let [product, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [left, right] = [at(a, index) - meanA, at(b, index) - meanB];
    product += left * right;
    squareA += left * left;
    squareB += right * right;
  }
  return squareA === 0 || squareB === 0 ? null : product / Math.sqrt(squareA * squareB);
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = new Uint32Array(values.length)
    .map((_, index) => index)
    .sort((a, b) => at(values, a) - at(values, b));
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && at(values, at(order, end)) === at(values, at(order, start))) end += 1;
    for (const index of order.subarray(start, end)) result[index] = (start + end + 1) / 2;
    start = end;
  }
  return result;
}

/** Arrays of one length are gone through: there is always a value. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
