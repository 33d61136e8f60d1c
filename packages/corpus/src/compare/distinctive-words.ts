export interface DistinctiveWord {
  readonly word: string;
  /** Standard deviations from no difference; positive: more on side A. */
  readonly z: number;
  /** Times used on each side. */
  readonly a: number;
  readonly b: number;
}

/** Pseudo-words that the prior is worth, spread over the vocabulary as both sides together use it. Our choice. */
const PRIOR_WORDS = 500;
/** A word is named from here: 5 % by chance, were there one word. */
const MIN_Z = 1.96;

/**
 * The words that tell the sides apart: log-odds ratio with an informative Dirichlet prior, as a z-score (Monroe, Colaresi
 * and Quinn 2008, "Fightin' Words", equations 15, 16, 20 and 22). The prior is both sides' own use of words, so a word
 * has to be used differently, and often, to stand out.
 *
 * @returns at most `limit` words a side, the most distinctive first
 */
export function distinctiveWords(
  a: readonly (readonly string[])[],
  b: readonly (readonly string[])[],
  limit: number,
): { readonly a: DistinctiveWord[]; readonly b: DistinctiveWord[] } {
  const [left, right] = [countWords(a), countWords(b)];
  const words = [...new Set([...left.counts.keys(), ...right.counts.keys()])];
  const total = left.total + right.total;
  const scored = words.map((word): DistinctiveWord => {
    const [inA, inB] = [left.counts.get(word) ?? 0, right.counts.get(word) ?? 0];
    const prior = (PRIOR_WORDS * (inA + inB)) / total;
    const delta =
      logOdds(inA + prior, left.total + PRIOR_WORDS) - logOdds(inB + prior, right.total + PRIOR_WORDS);
    return { word, z: delta / Math.sqrt(1 / (inA + prior) + 1 / (inB + prior)), a: inA, b: inB };
  });
  const ofSide = (sign: 1 | -1): DistinctiveWord[] =>
    scored
      .filter(({ z }) => sign * z >= MIN_Z)
      .sort((x, y) => sign * (y.z - x.z) || (x.word < y.word ? -1 : 1))
      .slice(0, limit);
  return { a: ofSide(1), b: ofSide(-1) };
}

function logOdds(count: number, total: number): number {
  return Math.log(count / (total - count));
}

function countWords(texts: readonly (readonly string[])[]) {
  const counts = new Map<string, number>();
  let total = 0;
  for (const word of texts.flat()) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    total += 1;
  }
  return { counts, total };
}
