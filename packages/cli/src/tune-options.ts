import { wholeNumber } from './flag-values.ts';
import { userPath } from './repository.ts';
import { parseProfile, readJsonFile } from './scorer-options.ts';
import { UsageError } from './usage-error.ts';

export const DEFAULT_TRIALS = 20;
export const DEFAULT_TUNE_FOLDS = 5;
const MAX_TRIALS = 10_000;
const MAX_FOLDS = 100;

/** Flags of `distill tune` as commander hands them over. */
export interface TuneFlags {
  readonly run?: string;
  readonly profile?: string;
  readonly settings?: string;
  readonly folds?: string;
  readonly trials?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly home?: string;
}

export interface TuneChoice {
  /** Null: the run's. */
  readonly profile: string | null;
  /** A list or a grid; null draws settings. */
  readonly settings: unknown;
  readonly folds: number;
  readonly trials: number;
  readonly seed: number;
  /** Null: a folder of the home. */
  readonly out: string | null;
}

/** @throws UsageError a value that can't be, or --trials beside --settings */
export function parseTune(flags: TuneFlags, env: Readonly<Record<string, string | undefined>>): TuneChoice {
  const { profile, settings, out } = flags;
  if (settings !== undefined && flags.trials !== undefined) {
    throw new UsageError(
      '--trials counts settings that are drawn; with --settings the file says what is tried.',
    );
  }
  return {
    profile: profile === undefined ? null : parseProfile(profile),
    settings: settings === undefined ? null : readJsonFile('--settings', userPath(settings, env)),
    folds: wholeNumber('--folds', flags.folds ?? String(DEFAULT_TUNE_FOLDS), 2, MAX_FOLDS),
    trials: wholeNumber('--trials', flags.trials ?? String(DEFAULT_TRIALS), 1, MAX_TRIALS),
    seed: wholeNumber('--seed', flags.seed ?? '0', 0),
    out: out === undefined ? null : userPath(out, env),
  };
}
