/** The paper's five words, worst first (M3-AGIQA, arXiv 2502.15167). */
export const WORD_LABELS = ['bad', 'poor', 'fair', 'good', 'excellent'] as const;
export type WordLabel = (typeof WORD_LABELS)[number];

/** Range in which a dataset's MOS may lie, in the dataset's own unit. */
export interface MosScale {
  readonly min: number;
  readonly max: number;
}

/** The paper's scale: every MOS is mapped here before it is cut into words. */
export const FIVE_POINT_SCALE: MosScale = { min: 0, max: 5 };

/**
 * How MOS become words. A change of `cuts` is a new `version`, since corpora made under the old one stay readable.
 * Bins are left-closed: a MOS of exactly 2 is `fair`. Source: M3-AGIQA's published labels (checked 2026-11-23).
 */
export const WORD_BINNING = { version: 'mos5-cut-1-2-3-4.v1', cuts: [1, 2, 3, 4] } as const;

/** Maps `mos` linearly from `scale` to 0–5; the five-point scale comes back unchanged. */
export function toFivePointScale(mos: number, scale: MosScale): number {
  if (scale.min === FIVE_POINT_SCALE.min && scale.max === FIVE_POINT_SCALE.max) return mos;
  return ((mos - scale.min) / (scale.max - scale.min)) * FIVE_POINT_SCALE.max;
}

/** The word for a MOS on the 0–5 scale. */
export function wordLabelOf(mosOnFive: number): WordLabel {
  const index = WORD_BINNING.cuts.filter((cut) => mosOnFive >= cut).length;
  return WORD_LABELS[index] ?? 'excellent';
}
