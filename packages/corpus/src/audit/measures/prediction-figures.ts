import { WORD_BINNING } from '@retort/schema';
import { pearson, spearman } from '../../compare/summary-statistics.ts';

/** How well predictions of MOS fit, for scores and for the words they fall in. */
export interface PredictionFigures {
  readonly n: number;
  /** Null where one side is constant. */
  readonly srcc: number | null;
  readonly plccRaw: number | null;
  /** Share of predictions that fall in the MOS's word. */
  readonly accuracy: number;
  /** Share that falls at most one word off. */
  readonly roughAccuracy: number;
}

/** Figures of the rows that `takes` and that have a prediction (aren't NaN); null without any. */
export function figuresOfPredictions(
  predicted: Float64Array,
  mos: Float64Array,
  takes: (row: number) => boolean,
): PredictionFigures | null {
  const isTaken = (_value: number, row: number): boolean => takes(row) && !Number.isNaN(predicted[row]);
  const [a, b] = [predicted.filter(isTaken), mos.filter(isTaken)];
  if (a.length === 0) return null;
  let [hits, near] = [0, 0];
  for (const [place, value] of a.entries()) {
    const apart = Math.abs(classOf(value) - classOf(b[place] ?? 0));
    if (apart === 0) hits += 1;
    if (apart <= 1) near += 1;
  }
  return {
    n: a.length,
    srcc: spearman(a, b),
    plccRaw: pearson(a, b),
    accuracy: hits / a.length,
    roughAccuracy: near / a.length,
  };
}

/** Number of the word of a MOS, from 0. */
function classOf(mos: number): number {
  return WORD_BINNING.cuts.filter((cut) => mos >= cut).length;
}
