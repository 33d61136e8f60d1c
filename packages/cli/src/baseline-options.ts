import { join } from 'node:path';
import { ASPECTS, type Aspect } from '@retort/schema';
import { BASELINE_NAMES, type ScorerCommand } from '@retort/scorer';
import type { DatasetFlags } from './distill-options.ts';
import { choice, wholeNumber } from './flag-values.ts';
import { resolveHome, userPath } from './repository.ts';
import { UsageError } from './usage-error.ts';

/** Folds of the benchmark: `FIXED_FOLDS` of the scorer's benchmark_protocol.py. */
const FOLDS = 5;
const MAX_EPOCHS = 10_000;
const MAX_SEED = 999_999;

/** Flags of `distill baseline` as commander hands them over. */
export interface BaselineFlags extends DatasetFlags {
  readonly aspect?: string;
  readonly fold?: string;
  readonly epochs?: string;
  readonly seed?: string;
  readonly randomWeights?: boolean;
  readonly out?: string;
  readonly home?: string;
  readonly json?: boolean;
}

type TrainBaseline = Extract<ScorerCommand, { command: 'train-baseline' }>;

/** Members of the scorer's `train-baseline` that flags decide. */
export type BaselineChoice = Omit<TrainBaseline, 'command' | 'rows' | 'threads' | 'aspect'> & {
  readonly aspect: Aspect;
};

/** @throws UsageError no such baseline, a value that can't be, or no --out */
export function parseBaseline(
  name: string | undefined,
  flags: BaselineFlags,
  env: Readonly<Record<string, string | undefined>>,
): BaselineChoice {
  if (name === undefined) throw new UsageError(`Name a baseline: ${BASELINE_NAMES.join(', ')}.`);
  const baseline = choice('NAME', name, BASELINE_NAMES);
  const { fold, epochs, seed, out } = flags;
  if (out === undefined)
    throw new UsageError('--out FILE.csv is missing: where the predictions are written.');
  return {
    baseline,
    aspect: choice('--aspect', flags.aspect ?? 'quality', ASPECTS),
    fold: fold === undefined ? null : wholeNumber('--fold', fold, 1, FOLDS),
    epochs: epochs === undefined ? null : wholeNumber('--epochs', epochs, 1, MAX_EPOCHS),
    seed: wholeNumber('--seed', seed ?? '0', 0, MAX_SEED),
    random_weights: flags.randomWeights === true,
    work: join(resolveHome(flags.home, env), 'baselines'),
    out: userPath(out, env),
  };
}
