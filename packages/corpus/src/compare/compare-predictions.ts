import { WORD_LABELS, wordLabelOf } from '@retort/schema';
import { type BootstrapOptions, bootstrap, type Estimate, once } from './bootstrap.ts';
import { assignFolds, FOLDS, MIN_ROWS, predictFromText } from './predict-mos.ts';
import { mean, spearman } from './summary-statistics.ts';

export interface MosFigures {
  /** Rank correlation of held-out predictions with the MOS. */
  readonly srcc: Estimate;
  /** Share of held-out predictions that fall in the MOS's word. */
  readonly accuracy: Estimate;
}

/** How well each side's words alone predict the MOS of images of prompts that weren't fitted on. */
export type MosComparison =
  | {
      readonly kind: 'fitted';
      readonly rows: number;
      readonly a: MosFigures;
      readonly b: MosFigures;
      readonly difference: MosFigures;
      /** Accuracy of always saying the most frequent word. */
      readonly floorAccuracy: number;
    }
  | { readonly kind: 'not-fitted'; readonly reason: string };

export interface Predictions {
  readonly comparison: MosComparison;
  /** By pair; empty where nothing was fitted. NaN never: unrated pairs are null. */
  readonly predictedA: readonly (number | null)[];
  readonly predictedB: readonly (number | null)[];
}

interface Words {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

export function comparePredictions(
  pairs: readonly { readonly mos: number | null }[],
  words: readonly Words[],
  groupOf: readonly string[],
  options: BootstrapOptions,
): Predictions {
  const rated = [...pairs.keys()].filter((row) => pairs[row]?.mos !== null);
  const groups = rated.map((row) => groupOf[row] ?? '');
  const reason = reasonAgainst(rated.length, new Set(groups).size);
  if (reason !== null) {
    return { comparison: { kind: 'not-fitted', reason }, predictedA: [], predictedB: [] };
  }
  const mos = rated.map((row) => pairs[row]?.mos ?? 0);
  const folds = assignFolds(groups, options.seed);
  const predict = (side: 'a' | 'b'): number[] =>
    predictFromText(
      rated.map((row) => words[row]?.[side] ?? []),
      mos,
      folds,
    );
  const [a, b] = [predict('a'), predict('b')];
  return {
    comparison: { kind: 'fitted', rows: rated.length, ...figuresOf(a, b, mos, groups, options) },
    predictedA: spreadOut(rated, a, pairs.length),
    predictedB: spreadOut(rated, b, pairs.length),
  };
}

function reasonAgainst(rows: number, groups: number): string | null {
  if (rows < MIN_ROWS) return `${rows} rated rows are in common, and a regression on words needs ${MIN_ROWS}`;
  return groups < FOLDS
    ? `the rated rows have ${groups} image prompts, and holding prompts out needs ${FOLDS}`
    : null;
}

function figuresOf(
  a: readonly number[],
  b: readonly number[],
  mos: readonly number[],
  groups: readonly string[],
  options: BootstrapOptions,
) {
  const truths = mos.map(wordLabelOf);
  const hits = (predicted: readonly number[]) =>
    predicted.map((value, row) => Number(wordLabelOf(value) === truths[row]));
  const [hitsA, hitsB] = [hits(a), hits(b)];
  const pick = (values: readonly number[], rows: readonly number[]) => rows.map((row) => values[row] ?? 0);
  const srcc = (values: readonly number[]) => once((rows) => spearman(pick(values, rows), pick(mos, rows)));
  const [srccA, srccB] = [srcc(a), srcc(b)];
  const accuracy = (values: readonly number[]) => (rows: readonly number[]) => mean(pick(values, rows));
  const figures = bootstrap(
    groups,
    {
      srccA,
      srccB,
      srccDifference: (rows) => minus(srccB(rows), srccA(rows)),
      accuracyA: accuracy(hitsA),
      accuracyB: accuracy(hitsB),
      accuracyDifference: (rows) => minus(accuracy(hitsB)(rows), accuracy(hitsA)(rows)),
    },
    options,
  );
  return {
    a: { srcc: figures.srccA, accuracy: figures.accuracyA },
    b: { srcc: figures.srccB, accuracy: figures.accuracyB },
    difference: { srcc: figures.srccDifference, accuracy: figures.accuracyDifference },
    floorAccuracy:
      Math.max(...WORD_LABELS.map((word) => truths.filter((truth) => truth === word).length)) / mos.length,
  };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function spreadOut(rows: readonly number[], values: readonly number[], length: number): (number | null)[] {
  const result = new Array<number | null>(length).fill(null);
  for (const [place, row] of rows.entries()) result[row] = values[place] ?? null;
  return result;
}
