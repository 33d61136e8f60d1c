import type { Split, SplitBy } from '@retort/schema';
import { CorpusUsageError } from '../errors.ts';

/** What a split rule looks at. */
export interface SplitSample {
  readonly name: string;
  readonly imagePrompt: string | null;
  readonly imageHash: string;
  readonly generator: string | null;
  /** Needed by `paper` alone; absent or null where none was published. */
  readonly publishedSplit?: Split | null;
}

/** Shares of the split's units (prompts, generators or images); they add up to 1. */
export type SplitFractions = Readonly<Record<Split, number>>;

export const DEFAULT_SPLIT_FRACTIONS: SplitFractions = { train: 0.6, val: 0.2, test: 0.2 };

/** One of several divisions, each of which tests on other prompts. */
export interface Fold {
  /** How many folds there are, from 2. */
  readonly folds: number;
  /** Which of them is test, counted from 1. */
  readonly fold: number;
}

export interface SplitOptions {
  readonly by: SplitBy;
  readonly seed: number;
  readonly fractions?: SplitFractions;
  /** With `image-prompt` alone: test is this fold, and the share of test in `fractions` isn't looked at. */
  readonly fold?: Fold;
  /** With `generator` alone: the generator that is test, instead of a share of them. */
  readonly holdOut?: string;
  /** Says that a split may leak; without it such a split is refused. */
  readonly allowLeakage?: boolean;
}

/** Shares of a split that has folds: a fold is test, and the rest is divided in the same proportion as without. */
export function foldFractions({ folds }: Fold, { train, val }: SplitFractions): SplitFractions {
  const test = 1 / folds;
  return { train: ((1 - test) * train) / (train + val), val: ((1 - test) * val) / (train + val), test };
}

/** @throws CorpusUsageError fractions that aren't a division of 1 with something to train on, or an impossible fold */
export function checkSplitOptions(options: SplitOptions): void {
  checkFractions(options.fractions ?? DEFAULT_SPLIT_FRACTIONS);
  const { fold, holdOut, by } = options;
  if (fold !== undefined && by !== 'image-prompt') {
    throw new CorpusUsageError(`Folds are made by image prompt; a split by ${by} has none.`);
  }
  if (holdOut !== undefined && by !== 'generator') {
    throw new CorpusUsageError(`A generator is held out of a split by generator, not by ${by}.`);
  }
  if (fold === undefined) return;
  const isWhole = Number.isInteger(fold.folds) && Number.isInteger(fold.fold);
  if (isWhole && fold.folds >= 2 && fold.fold >= 1 && fold.fold <= fold.folds) return;
  throw new CorpusUsageError(
    `Folds are two or more and one of them is test, counted from 1, got fold ${fold.fold} of ${fold.folds}.`,
  );
}

function checkFractions(fractions: SplitFractions): void {
  const shares = [fractions.train, fractions.val, fractions.test];
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.every((share) => share >= 0 && share <= 1) && Math.abs(sum - 1) < 1e-9 && fractions.train > 0)
    return;
  throw new CorpusUsageError(
    `Split fractions must be between 0 and 1, add up to 1 and leave something to train, got ${shares.join('/')} ` +
      '(train/val/test): for instance 0.6/0.2/0.2.',
  );
}
