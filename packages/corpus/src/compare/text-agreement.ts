/**
 * ROUGE-L F1 of two texts, 0 to 1: the harmonic mean of how much of each text is in their longest common subsequence of
 * words. 1 when both are empty. Source: Lin 2004, "ROUGE", with beta 1, as the `rouge-score` package has it.
 */
export function rougeL(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 1 : 0;
  // 2PR/(P+R) with P = common/|a| and R = common/|b|.
  return (2 * longestCommonSubsequence(a, b)) / (a.length + b.length);
}

/** Share of the words of both texts, each counted once, that are in both. 1 when both are empty. */
export function jaccard(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [new Set(a), new Set(b)];
  const common = [...left].filter((word) => right.has(word)).length;
  const union = left.size + right.size - common;
  return union === 0 ? 1 : common / union;
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  // Lengths of the row above, updated in place; the value up and left is kept beside.
  const lengths = new Uint32Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let column = 1; column <= b.length; column += 1) {
      const above = lengths[column] ?? 0;
      lengths[column] = word === b[column - 1] ? diagonal + 1 : Math.max(above, lengths[column - 1] ?? 0);
      diagonal = above;
    }
  }
  return lengths[b.length] ?? 0;
}

/** True for the same text but for white space. */
export function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\s+/gu, ' ').trim();
  return plain(a) === plain(b);
}
