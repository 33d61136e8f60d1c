/** How much of a MOS its generators explain, and how far words and generators hang together. */
export interface Association {
  readonly n: number;
  /** Share of the MOS's variance between generators, 0 to 1; 0 without variance. */
  readonly etaSquared: number;
  /** The same if MOS and generators were unrelated. */
  readonly etaSquaredByChance: number;
  /** Mutual information of word and generator over the smaller of their entropies, 0 to 1; null where either is constant. */
  readonly normalisedInformation: number | null;
  readonly informationByChance: number | null;
  /** Standard deviations of 2 n I above its mean under independence (chi-squared, Wilks); null where either is constant. */
  readonly z: number | null;
}

/** One generator: rows, sum and square sum of MOS, rows by word. */
export interface GeneratorSums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly words: readonly number[];
}

/** Eta squared of a one-way layout and the normalised mutual information of the table of words, from sums a generator alone. */
export function associationOf(generators: readonly GeneratorSums[]): Association {
  const n = total(generators.map(({ count }) => count));
  const mean = total(generators.map(({ sum }) => sum)) / n;
  const variation = total(generators.map(({ squares }) => squares)) - n * mean ** 2;
  const between = total(generators.map(({ count, sum }) => count * (sum / count - mean) ** 2));
  const table = generators.map(({ words }) => words);
  return {
    n,
    etaSquared: variation <= n * Number.EPSILON ? 0 : Math.min(1, between / variation),
    etaSquaredByChance: (generators.length - 1) / (n - 1),
    ...informationOf(table, n),
  };
}

function informationOf(table: readonly (readonly number[])[], n: number) {
  const rows = table.map(total).filter((count) => count > 0);
  const columns = (table[0] ?? [])
    .map((_, word) => total(table.map((counts) => counts[word] ?? 0)))
    .filter((count) => count > 0);
  const smaller = Math.min(entropy(rows, n), entropy(columns, n));
  if (rows.length < 2 || columns.length < 2)
    return { normalisedInformation: null, informationByChance: null, z: null };
  const information = entropy(rows, n) + entropy(columns, n) - entropy(table.flat(), n);
  const freedom = (rows.length - 1) * (columns.length - 1);
  return {
    normalisedInformation: information / smaller,
    informationByChance: freedom / (2 * n) / smaller,
    z: (2 * n * information - freedom) / Math.sqrt(2 * freedom),
  };
}

/** In nats. */
function entropy(counts: readonly number[], n: number): number {
  return -total(counts.filter((count) => count > 0).map((count) => (count / n) * Math.log(count / n)));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
