import { normaliseImagePrompt } from '../splits/normalise-image-prompt.ts';
import { type BootstrapOptions, bootstrap, type Estimate } from './bootstrap.ts';
import { compareLabels, type LabelComparison } from './compare-labels.ts';
import { comparePredictions, type MosComparison } from './compare-predictions.ts';
import { type DistinctiveWord, distinctiveWords } from './distinctive-words.ts';
import { mean, type Spread, spreadOf } from './summary-statistics.ts';
import { isSameText, jaccard, rougeL } from './text-agreement.ts';
import { countSentences, wordsOf } from './tokenize.ts';

/** Two answers about the same image and aspect. */
export interface TextPair {
  readonly image: string;
  readonly imagePrompt: string | null;
  /** On the 0–5 scale; null for an unrated sample. */
  readonly mos: number | null;
  readonly a: string;
  readonly b: string;
}

/** Differences are B less A; intervals are 95 %, by image prompt. */
export interface TextComparison {
  readonly pairs: number;
  readonly imagePrompts: number;
  readonly resamples: number;
  readonly agreement: AgreementFigures;
  readonly lengths: readonly LengthComparison[];
  readonly words: { readonly a: readonly DistinctiveWord[]; readonly b: readonly DistinctiveWord[] };
  readonly labels: LabelComparison;
  readonly mos: MosComparison;
  /** Of each pair, in their order. */
  readonly perPair: readonly PairFigures[];
}

export interface AgreementFigures {
  readonly rougeL: Estimate;
  readonly jaccard: Estimate;
  /** The same between A's text about an image and B's about an image of another prompt: what wording alone gives. */
  readonly chance: { readonly rougeL: number | null; readonly jaccard: number | null };
  /** Pairs of the same text. */
  readonly same: number;
}

export interface LengthComparison {
  readonly unit: 'characters' | 'words' | 'sentences';
  readonly a: Spread;
  readonly b: Spread;
  /** Of the means. */
  readonly difference: Estimate;
}

export interface PairFigures {
  readonly rougeL: number;
  /** What each side's words say of the MOS, held out; null where that wasn't fitted. */
  readonly predictedA: number | null;
  readonly predictedB: number | null;
}

/** Words named a side. */
const NAMED_WORDS = 15;

/** What two sides' texts have in common and what tells them apart. Pure; the same pairs and seed give the same figures. */
export function compareTexts(pairs: readonly TextPair[], options: BootstrapOptions): TextComparison {
  const groupOf = pairs.map(groupKey);
  const words = pairs.map(({ a, b }) => ({ a: wordsOf(a), b: wordsOf(b) }));
  const rouges = words.map(({ a, b }) => rougeL(a, b));
  const mos = comparePredictions(pairs, words, groupOf, options);
  return {
    pairs: pairs.length,
    imagePrompts: new Set(groupOf).size,
    resamples: options.resamples,
    agreement: compareAgreement(pairs, words, rouges, groupOf, options),
    lengths: compareLengths(pairs, words, groupOf, options),
    words: distinctiveWords(
      words.map(({ a }) => a),
      words.map(({ b }) => b),
      NAMED_WORDS,
    ),
    labels: compareLabels(pairs, groupOf, options),
    mos: mos.comparison,
    perPair: rouges.map((rouge, row) => ({
      rougeL: rouge,
      predictedA: mos.predictedA[row] ?? null,
      predictedB: mos.predictedB[row] ?? null,
    })),
  };
}

/** Images of the same prompt belong together; an image without one stands for itself. */
function groupKey({ imagePrompt, image }: TextPair): string {
  return imagePrompt === null ? `image ${image}` : `prompt ${normaliseImagePrompt(imagePrompt)}`;
}

interface PairWords {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

function compareAgreement(
  pairs: readonly TextPair[],
  words: readonly PairWords[],
  rouges: readonly number[],
  groupOf: readonly string[],
  options: BootstrapOptions,
): AgreementFigures {
  const jaccards = words.map(({ a, b }) => jaccard(a, b));
  const others = words.flatMap(({ a }, row) => {
    const other = otherPrompt(row, groupOf);
    return other === null ? [] : [{ a, b: words[other]?.b ?? [] }];
  });
  const estimates = bootstrap(groupOf, { rougeL: meanOf(rouges), jaccard: meanOf(jaccards) }, options);
  return {
    ...estimates,
    chance: {
      rougeL: mean(others.map(({ a, b }) => rougeL(a, b))),
      jaccard: mean(others.map(({ a, b }) => jaccard(a, b))),
    },
    same: pairs.filter(({ a, b }) => isSameText(a, b)).length,
  };
}

/** The next row about another image prompt, from half-way round; null when all are about one. */
function otherPrompt(row: number, groupOf: readonly string[]): number | null {
  const { length } = groupOf;
  for (let step = 0; step < length; step += 1) {
    const other = (row + Math.floor(length / 2) + step) % length;
    if (groupOf[other] !== groupOf[row]) return other;
  }
  return null;
}

function compareLengths(
  pairs: readonly TextPair[],
  words: readonly PairWords[],
  groupOf: readonly string[],
  options: BootstrapOptions,
): LengthComparison[] {
  const lengths = [
    { unit: 'characters', a: pairs.map(({ a }) => [...a].length), b: pairs.map(({ b }) => [...b].length) },
    { unit: 'words', a: words.map(({ a }) => a.length), b: words.map(({ b }) => b.length) },
    {
      unit: 'sentences',
      a: pairs.map(({ a }) => countSentences(a)),
      b: pairs.map(({ b }) => countSentences(b)),
    },
  ] as const;
  return lengths.map(({ unit, a, b }) => {
    const differences = b.map((length, row) => length - (a[row] ?? 0));
    const { difference } = bootstrap(groupOf, { difference: meanOf(differences) }, options);
    return { unit, a: spreadOf(a), b: spreadOf(b), difference };
  });
}

function meanOf(values: readonly number[]): (rows: readonly number[]) => number | null {
  return (rows) => mean(rows.map((row) => values[row] ?? 0));
}
