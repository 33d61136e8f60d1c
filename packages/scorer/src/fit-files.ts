import { ASPECTS, splitSchema } from '@retort/schema';
import { z } from 'zod';

/** Files that a finished fit leaves in its folder; their keys are the Python side's, snake_case. */
export const FIT_FILES = {
  checkpoint: 'scorer.safetensors',
  metrics: 'metrics.json',
  predictions: 'predictions.jsonl',
  history: 'history.jsonl',
} as const;

const value = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();

const generatorSchema = z.object({ generator: z.string(), n: z.number(), srcc: value, plcc_raw: value });

const count = z.number().int().nonnegative();

/** Agreement of words; all but the first two came later than the first fits. */
const wordsSchema = z.object({
  accuracy: value,
  rough_accuracy: value,
  n: count.optional(),
  precision_weighted: value.optional(),
  f1_weighted: value.optional(),
  /** By word; null where the word doesn't occur. */
  recall: z.record(z.string(), value).optional(),
  counts: z.record(z.string(), count).optional(),
  reasons: z.record(z.string(), z.string()).optional(),
});
export type FitWords = z.infer<typeof wordsSchema>;

const figuresSchema = z.object({
  n: z.number(),
  srcc: value,
  plcc_raw: value,
  plcc_logistic4: value,
  plcc_logistic5: value,
  krcc: value,
  rmse_raw: value,
  rmse_logistic5: value,
  /** Why a figure is null. */
  reasons: z.record(z.string(), z.string()),
  intervals: z.record(z.string(), interval),
  per_generator: z.array(generatorSchema),
  within_generator: z.object({
    srcc_mean: value,
    srcc_worst: value,
    n_settings: z.number(),
    reason: z.string().nullable(),
    /** Not in the first fits, like all that is optional here. */
    srcc_mean_interval: interval.optional(),
    worst_generator_setting: z.string().nullable().optional(),
  }),
  within_prompt: z
    .object({
      srcc_mean: value,
      srcc_mean_interval: interval,
      n_prompts: count,
      prompts: count,
      n_rows: count,
      min_rows: count,
      reason: z.string().nullable(),
    })
    .optional(),
  words: wordsSchema.optional(),
});
export type FitFigures = z.infer<typeof figuresSchema>;

/** A head's figure minus another predictor's, paired on the same rows; a null value has neither bounds nor p. */
const differenceSchema = z.object({ srcc_difference: value, interval, p: value });

const floorSchema = figuresSchema.extend({
  definition: z.string(),
  /** Why there is no floor. */
  reason: z.string().nullable().optional(),
  commonest_word: wordsSchema.optional(),
  /** By head, paired on the floor's test rows. */
  head_minus_floor: z.record(z.string(), differenceSchema).optional(),
  /** Over all rated rows: the audit's figures. */
  all_rows: z
    .object({ n: count, srcc: value, plcc_raw: value, accuracy: value, rough_accuracy: value })
    .optional(),
});
export type FitFloor = z.infer<typeof floorSchema>;

const conformalSchema = z.object({
  half_width: value,
  coverage: z.number(),
  n: count,
  note: z.string(),
  prompts: count.optional(),
});

const comparisonSchema = differenceSchema.extend({
  plcc_difference: value,
  plcc_interval: interval,
  plcc_p: value,
});
export type FitComparison = z.infer<typeof comparisonSchema>;

const spreadSchema = z.object({ median: value, sd: value, n: count, reason: z.string().nullable() });

const aspectMetricsSchema = z.object({
  heads: z.record(z.string(), figuresSchema),
  floor: floorSchema,
  /** By head; absent where one has no intervals. */
  conformal: z.record(z.string(), conformalSchema).optional(),
  /** By head and figure, of fits with several seeds: `seed_figures` of seeds.py. */
  seeds: z.record(z.string(), z.record(z.string(), spreadSchema)).optional(),
  /** By head, against kernel ridge on the same features; empty where none was fitted. */
  comparisons: z.record(z.string(), comparisonSchema).optional(),
  /** By floor, what cross-validation on train chose for it. */
  chosen: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  notes: z.array(z.string()),
  best_epoch: z.number().nullable().optional(),
});
export type AspectMetrics = z.infer<typeof aspectMetricsSchema>;

/** What of a fit's config the report tells; the rest stays in the file. */
const configSchema = z.object({
  /** Heads whose average is the scorer. */
  members: z.array(z.string()),
  /** Networks that a neural head averages. */
  num_seeds: count,
  pooling: z.string(),
  /** Absent where no network learnt descriptions. */
  description_weight: z.number().optional(),
});
export type FitConfig = z.infer<typeof configSchema>;

export const fitMetricsSchema = z.object({
  /** Name of the head that predicts; fits from before it had a name have none. */
  scorer: z.string().optional(),
  /** Trained once more on every rated row when its figures stood. */
  refit: z.literal('all').optional(),
  /** Of the legacy protocol alone: test chose the epoch. */
  protocol_note: z.string().optional(),
  /** Null for a config of another shape: those of fits from before heads were averaged. */
  config: configSchema.nullable().catch(null).default(null),
  aspects: z.partialRecord(z.enum(ASPECTS), aspectMetricsSchema),
  /** Aspects that couldn't be fitted, with the reason. */
  skipped: z.partialRecord(z.enum(ASPECTS), z.string()).default({}),
});
export type FitMetrics = z.infer<typeof fitMetricsSchema>;

export const fitPredictionSchema = z.object({
  sample_name: z.string(),
  aspect: z.enum(ASPECTS),
  head: z.string(),
  split: splitSchema,
  mos: z.number(),
  predicted_mos: z.number(),
  low: value,
  high: value,
});

export const fitEpochSchema = z
  .object({ aspect: z.enum(ASPECTS), epoch: z.number().int().positive() })
  .catchall(z.unknown());

/** One line of `predict`. */
export const scorerPredictionSchema = z.object({
  image: z.string(),
  aspect: z.enum(ASPECTS),
  predicted_mos: z.number(),
  /** Null where validation had too few rows for an interval. */
  low: value,
  high: value,
});
export type ScorerPrediction = z.infer<typeof scorerPredictionSchema>;

/** Names of the figures that are stored as metrics. */
export const FIGURE_NAMES = [
  'srcc',
  'plcc_raw',
  'plcc_logistic4',
  'plcc_logistic5',
  'krcc',
  'rmse_raw',
  'rmse_logistic5',
] as const;
