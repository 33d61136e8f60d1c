import { wordLabelOf } from '@retort/schema';
import { type BootstrapOptions, bootstrap, type Estimate } from './bootstrap.ts';
import { statedLabel } from './stated-label.ts';
import { mean } from './summary-statistics.ts';

/** How often the one word label that an answer happens to hold is the MOS's. Plain English says "poor quality" too. */
export interface LabelComparison {
  /** Answers about rated images that hold exactly one label word, and those of them whose word is the right one. */
  readonly a: { readonly answers: number; readonly right: number };
  readonly b: { readonly answers: number; readonly right: number };
  /** Rows on which both hold exactly one: the accuracies differ there by this much. */
  readonly both: number;
  readonly difference: Estimate;
}

interface LabelledPair {
  readonly mos: number | null;
  readonly a: string;
  readonly b: string;
}

export function compareLabels(
  pairs: readonly LabelledPair[],
  groupOf: readonly string[],
  options: BootstrapOptions,
): LabelComparison {
  const judged = pairs.map(({ mos, a, b }) => ({ a: isRight(a, mos), b: isRight(b, mos) }));
  const both = [...judged.keys()].filter((row) => judged[row]?.a !== null && judged[row]?.b !== null);
  const gains = both.map((row) => Number(judged[row]?.b) - Number(judged[row]?.a));
  const { difference } = bootstrap(
    both.map((row) => groupOf[row] ?? ''),
    { difference: (rows) => mean(rows.map((row) => gains[row] ?? 0)) },
    options,
  );
  return {
    a: tally(judged.map(({ a }) => a)),
    b: tally(judged.map(({ b }) => b)),
    both: both.length,
    difference,
  };
}

/** Null where there is nothing to be right about. */
function isRight(text: string, mos: number | null): boolean | null {
  const label = statedLabel(text);
  return label === null || mos === null ? null : label === wordLabelOf(mos);
}

function tally(judged: readonly (boolean | null)[]): { answers: number; right: number } {
  return {
    answers: judged.filter((right) => right !== null).length,
    right: judged.filter((right) => right === true).length,
  };
}
