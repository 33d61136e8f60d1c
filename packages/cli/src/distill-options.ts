import { type ColumnMapping, parseColumnMapping, parseScale, readers, sampleDataset } from '@retort/datasets';
import type { CallLimits } from '@retort/queue';
import { ASPECTS, type Aspect, aspectSchema, type RunPlan, STAGES, type Stage } from '@retort/schema';
import { TEACHER_NAMES } from '@retort/teacher';
import { type BatchFlags, type BatchOptions, parseBatchOptions } from './batch-options.ts';
import { type CallLimitFlags, parseCallLimits } from './call-limits.ts';
import { amount, choice, existing, wholeNumber } from './flag-values.ts';
import type { PriceFlags } from './price-flags.ts';
import { parseCombined, parsePrompt } from './prompt-options.ts';
import { userPath } from './repository.ts';
import { parseScorer, type ScorerFlags, tunedStagesPath } from './scorer-options.ts';
import { parseSplit, type SplitFlags } from './split-options.ts';
import { parseModel, parseRepeat } from './teacher-options.ts';
import { UsageError } from './usage-error.ts';

/** Calls to a teacher at once unless --concurrency says otherwise. */
export const DEFAULT_CONCURRENCY = 16;

/** More processes than this on one machine only wait for each other. */
const MAX_WORKERS = 16;

/** Flags of `distill` as commander hands them over. */
export interface DistillFlags extends BatchFlags, CallLimitFlags, PriceFlags, ScorerFlags, SplitFlags {
  readonly dataset?: string;
  readonly path?: string;
  readonly csv?: string;
  readonly columns?: string;
  readonly scale?: string;
  readonly datasetName?: string;
  readonly recordings?: string;
  readonly aspects?: string;
  readonly teacher?: string;
  readonly model?: string;
  readonly prompt?: string;
  /** True without a value. */
  readonly combined?: string | true;
  readonly limit?: string;
  readonly concurrency?: string;
  readonly workers?: string;
  readonly seed?: string;
  readonly repeat?: string;
  readonly until?: string;
  readonly budget?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly yes?: boolean;
  readonly home?: string;
}

export interface DistillOptions {
  readonly plan: RunPlan;
  readonly concurrency: number;
  /** What all workers together may ask of the teacher. */
  readonly limits: CallLimits;
  /** Worker processes. */
  readonly workers: number;
  /** Stages that the run's home will keep; null: none. */
  readonly tunedStagesFile: string | null;
  readonly until: Stage;
  readonly budgetUsd: number | null;
  readonly batch: BatchOptions;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly yes: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads and checks the command line. @throws UsageError with what can be chosen */
export function parseDistillOptions(flags: DistillFlags, env: Env): DistillOptions {
  const dataset = parseDataset(flags, env);
  const usesSample = flags.path === undefined;
  const recordings = parseRecordings(flags, env, usesSample);
  const teacher = choice(
    '--teacher',
    flags.teacher ?? (recordings === null ? 'gemini' : 'replay'),
    TEACHER_NAMES,
  );
  if (teacher !== 'replay' && flags.recordings !== undefined) {
    throw new UsageError(`--recordings goes with --teacher replay, not with ${teacher}.`);
  }
  const concurrency = wholeNumber('--concurrency', flags.concurrency ?? String(DEFAULT_CONCURRENCY), 1, 500);
  return {
    plan: {
      dataset,
      recordings: teacher === 'replay' ? requireRecordings(recordings) : null,
      aspects: parseAspects(flags.aspects),
      teacher,
      model: parseModel(flags.model, teacher),
      ...parsePrompt(flags.prompt ?? 'label-aware'),
      ...parseCombined(flags.combined, teacher),
      limit: flags.limit === undefined ? null : wholeNumber('--limit', flags.limit, 1),
      seed: wholeNumber('--seed', flags.seed ?? '0', 0),
      ...parseSplit(flags),
      strict: flags.strict === true,
      ...parseRepeat(flags.repeat, teacher),
      ...parseScorer(flags, env),
    },
    concurrency,
    limits: parseCallLimits(flags, concurrency, teacher),
    workers: wholeNumber('--workers', flags.workers ?? '1', 1, MAX_WORKERS),
    tunedStagesFile: tunedStagesPath(flags, env),
    until: choice<Stage>('--until', flags.until ?? 'report', STAGES),
    budgetUsd: flags.budget === undefined ? null : amount('--budget', flags.budget),
    batch: parseBatchOptions(flags, teacher),
    dryRun: flags.dryRun === true,
    json: flags.json === true,
    yes: flags.yes === true,
  };
}

/** Flags that say which dataset, and how its table is read. */
export type DatasetFlags = Pick<
  DistillFlags,
  'dataset' | 'path' | 'csv' | 'columns' | 'scale' | 'datasetName'
>;

/** The dataset that the flags describe; the sample without `--path`. @throws UsageError */
export function parseDataset(flags: DatasetFlags, env: Env): RunPlan['dataset'] {
  const known = readers.map(({ name }) => name);
  const sample = sampleDataset();
  if (flags.path === undefined) {
    const { dataset, csv, columns, scale, datasetName } = flags;
    if ([dataset, csv, columns, scale, datasetName].some((flag) => flag !== undefined)) {
      throw new UsageError(
        '--path DIR is missing: the folder of the dataset that the other options describe.',
      );
    }
    return { reader: sample.reader, path: sample.path, csv: null, columns: null, scale: null, name: null };
  }
  const reader = choice('--dataset', flags.dataset ?? 'csv', known);
  return {
    reader,
    path: existing('--path', userPath(flags.path, env)),
    csv: flags.csv === undefined ? null : existing('--csv', userPath(flags.csv, env)),
    columns: parseColumns(flags.columns),
    scale: flags.scale === undefined ? null : parseScale(flags.scale),
    name: flags.datasetName ?? null,
  };
}

function parseColumns(text: string | undefined): Record<string, string> | null {
  if (text === undefined) return null;
  const mapping: ColumnMapping = parseColumnMapping(text);
  return Object.fromEntries(
    Object.entries(mapping).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function parseRecordings(flags: DistillFlags, env: Env, usesSample: boolean): string | null {
  if (flags.recordings !== undefined) return existing('--recordings', userPath(flags.recordings, env));
  // The sample is replayed even when a key is set: the first run must never spend money unasked.
  return usesSample && (flags.teacher ?? 'replay') === 'replay' ? sampleDataset().recordings : null;
}

function requireRecordings(recordings: string | null): string {
  if (recordings !== null) return recordings;
  throw new UsageError('--teacher replay needs --recordings FILE with the recorded answers.');
}

function parseAspects(text: string | undefined): Aspect[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  const aspects = names.map((name) => {
    const aspect = aspectSchema.safeParse(name);
    if (!aspect.success) {
      throw new UsageError(
        `--aspects knows ${ASPECTS.join(', ')}, not "${name}": separate several by commas.`,
      );
    }
    return aspect.data;
  });
  return ASPECTS.filter((aspect) => aspects.includes(aspect));
}
