import { type RunPlan, SPLIT_RULES, type SplitBy } from '@retort/schema';
import type { Command } from 'commander';
import { choice, wholeNumber } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** Flags of `distill` that say how rows are split, as commander hands them over. */
export interface SplitFlags {
  readonly splitBy?: string;
  readonly folds?: string;
  readonly fold?: string;
  readonly holdOut?: string;
  readonly allowLeakage?: boolean;
}

/** Rules that leak whatever the dataset; a split by generator is measured when its images are known. */
const LEAKING: readonly SplitBy[] = ['paper', 'random'];

const MAX_FOLDS = 1000;

/** Members that aren't said are absent, so that a run without them is the run it was before they existed. */
export type SplitPlan = Pick<RunPlan, 'splitBy' | 'fold' | 'holdOut' | 'allowLeakage'>;

export function addSplitOptions(program: Command): Command {
  return program
    .option(
      '--split-by <rule>',
      'image-prompt (default), paper (the published split), generator or random; see docs/datasets.md',
    )
    .option('--folds <k>', 'with --fold: divide the image prompts into k folds instead of by shares')
    .option('--fold <i>', 'which of the folds is test, from 1 to k')
    .option('--hold-out <generator>', 'with --split-by generator: this one is test')
    .option(
      '--allow-leakage',
      'make a split that leaks into evaluation; corpus and report then say so (paper, random, generator)',
    );
}

/** @throws UsageError a rule that isn't there, options that don't go together, or leakage that wasn't allowed */
export function parseSplit(flags: SplitFlags): SplitPlan {
  const splitBy = choice<SplitBy>('--split-by', flags.splitBy ?? 'image-prompt', SPLIT_RULES);
  const allowLeakage = flags.allowLeakage === true;
  if (allowLeakage && splitBy === 'image-prompt') {
    throw new UsageError('--allow-leakage: a split by image prompt never leaks; leave it out.');
  }
  if (!allowLeakage && LEAKING.includes(splitBy)) {
    throw new UsageError(
      `--split-by ${splitBy} leaks image prompts from train into test: use image-prompt (the default), or write out --allow-leakage, and corpus and report will say so.`,
    );
  }
  if (flags.holdOut !== undefined && splitBy !== 'generator') {
    throw new UsageError('--hold-out NAME goes with --split-by generator.');
  }
  return {
    splitBy,
    ...parseFold(flags, splitBy),
    ...(flags.holdOut === undefined ? {} : { holdOut: flags.holdOut }),
    ...(allowLeakage ? { allowLeakage } : {}),
  };
}

function parseFold({ folds, fold }: SplitFlags, splitBy: SplitBy): Pick<SplitPlan, 'fold'> {
  if (folds === undefined && fold === undefined) return {};
  if (folds === undefined || fold === undefined) {
    throw new UsageError('--folds K and --fold I go together: how many folds, and which of them is test.');
  }
  if (splitBy !== 'image-prompt') throw new UsageError('--folds goes with --split-by image-prompt alone.');
  const count = wholeNumber('--folds', folds, 2, MAX_FOLDS);
  return { fold: { folds: count, fold: wholeNumber('--fold', fold, 1, count) } };
}
