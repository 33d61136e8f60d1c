import { dirname } from 'node:path';
import type { RunPlan } from '@retort/schema';
import { parseDatasetOrSample } from '../benchmark/named-dataset.ts';
import type { DatasetFlags } from '../distill-options.ts';
import { findCheckpoint } from '../find-checkpoint.ts';
import { existing, wholeNumber } from '../flag-values.ts';
import { userPath } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

export const DEFAULT_EVALUATE_FOLDS = 5;
const MAX_FOLDS = 100;

/** Flags of `distill evaluate` as commander hands them over. */
export interface EvaluateFlags extends DatasetFlags {
  readonly checkpoint: string;
  readonly trainPredictor?: boolean;
  readonly folds?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly home?: string;
  readonly json?: boolean;
}

export interface EvaluateChoice {
  /** The file. */
  readonly checkpoint: string;
  readonly dataset: RunPlan['dataset'];
  readonly trainPredictor: boolean;
  readonly folds: number;
  readonly seed: number;
  /** A CSV of predictions; null writes none. */
  readonly out: string | null;
}

/** @throws UsageError a value that can't be, something that isn't there, or an option that would be ignored */
export function parseEvaluate(
  flags: EvaluateFlags,
  env: Readonly<Record<string, string | undefined>>,
): EvaluateChoice {
  const { trainPredictor = false, folds, seed } = flags;
  if (!trainPredictor && (folds !== undefined || seed !== undefined)) {
    throw new UsageError(
      '--folds and --seed divide the rows for --train-predictor: add it, or leave them out.',
    );
  }
  const out = flags.out === undefined ? null : userPath(flags.out, env);
  if (out !== null) existing('--out', dirname(out));
  return {
    checkpoint: findCheckpoint(flags.checkpoint, env),
    dataset: parseDatasetOrSample(flags, env),
    trainPredictor,
    folds: wholeNumber('--folds', folds ?? String(DEFAULT_EVALUATE_FOLDS), 2, MAX_FOLDS),
    seed: wholeNumber('--seed', seed ?? '0', 0),
    out,
  };
}
