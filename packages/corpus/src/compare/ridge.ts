/** Sparse rows: indexes of features that are not 0, and their values. */
export interface SparseRow {
  readonly indexes: readonly number[];
  readonly values: readonly number[];
}

export interface RidgeModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** Conjugate gradients end here: relative to the right side, and in steps. */
const TOLERANCE = 1e-9;
const MAX_STEPS = 500;

/**
 * Ridge regression with an unpenalised intercept: the weights that minimise the squared error plus `penalty` times their
 * square. Solved by conjugate gradients on the centred normal equations; rows are never made dense.
 */
export function fitRidge(
  rows: readonly SparseRow[],
  targets: readonly number[],
  { features, penalty }: { readonly features: number; readonly penalty: number },
): RidgeModel {
  const means = columnMeans(rows, features);
  const targetMean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
  // (X - 1m)'(X - 1m) v = X'(Xv - mv) - m * sum(Xv - mv)
  const apply = (vector: Float64Array): Float64Array => {
    const shift = dot(means, vector);
    const result = transposeTimes(
      rows,
      rows.map((row) => rowDot(row, vector) - shift),
      means,
    );
    return result.map((value, index) => value + penalty * (vector[index] ?? 0));
  };
  const right = transposeTimes(
    rows,
    targets.map((value) => value - targetMean),
    means,
  );
  const weights = conjugateGradients(apply, right);
  return { weights, intercept: targetMean - dot(means, weights) };
}

export function predictRidge({ weights, intercept }: RidgeModel, row: SparseRow): number {
  return intercept + rowDot(row, weights);
}

function conjugateGradients(apply: (v: Float64Array) => Float64Array, right: Float64Array): Float64Array {
  const solution = new Float64Array(right.length);
  const residual = Float64Array.from(right);
  let direction = Float64Array.from(right);
  let error = dot(residual, residual);
  const enough = error * TOLERANCE ** 2;
  for (let step = 0; step < MAX_STEPS && error > enough; step += 1) {
    const image = apply(direction);
    const length = error / dot(direction, image);
    for (const index of solution.keys()) {
      solution[index] = at(solution, index) + length * at(direction, index);
      residual[index] = at(residual, index) - length * at(image, index);
    }
    const next = dot(residual, residual);
    direction = direction.map((value, index) => at(residual, index) + (next / error) * value);
    error = next;
  }
  return solution;
}

function columnMeans(rows: readonly SparseRow[], features: number): Float64Array {
  const sums = new Float64Array(features);
  for (const row of rows) addTo(sums, row, 1);
  return sums.map((sum) => sum / rows.length);
}

/** (X - 1m)' times `factors`. */
function transposeTimes(
  rows: readonly SparseRow[],
  factors: readonly number[],
  means: Float64Array,
): Float64Array {
  const result = new Float64Array(means.length);
  let sum = 0;
  let index = 0;
  for (const row of rows) {
    const factor = factors[index] ?? 0;
    addTo(result, row, factor);
    sum += factor;
    index += 1;
  }
  return result.map((value, index) => value - sum * at(means, index));
}

/** Counts by hand: it is called for each row in each step, and `entries` would make a pair for each of its words. */
function addTo(target: Float64Array, { indexes, values }: SparseRow, factor: number): void {
  let place = 0;
  for (const index of indexes) {
    target[index] = at(target, index) + factor * (values[place] ?? 0);
    place += 1;
  }
}

function rowDot({ indexes, values }: SparseRow, vector: Float64Array): number {
  return indexes.reduce((sum, index, place) => sum + (values[place] ?? 0) * at(vector, index), 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * at(b, index), 0);
}

/** Every index comes from the vector's own length: there is always a value. */
function at(vector: Float64Array, index: number): number {
  return vector[index] ?? 0;
}
