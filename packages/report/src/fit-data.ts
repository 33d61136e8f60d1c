import { ASPECTS, splitSchema } from '@retort/schema';
import { z } from 'zod';

/** What a head is for: it predicts, it is a network of its own, or it is a floor that networks must beat. */
export const HEAD_ROLES = ['scorer', 'head', 'floor'] as const;

/** One figure with its interval. A null `value` has a `reason`; null bounds are an interval nobody computed. */
export const metricSchema = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Why there is no value: too few rows, constant predictions. */
  reason: z.string().nullable(),
});
export type Metric = z.infer<typeof metricSchema>;

/** Figures of one predictor on the test rows of one aspect. */
export const metricsSchema = z.strictObject({
  n: z.number().int().nonnegative(),
  srcc: metricSchema,
  plcc_raw: metricSchema,
  plcc_logistic4: metricSchema,
  plcc_logistic5: metricSchema,
  krcc: metricSchema,
  rmse_raw: metricSchema,
  rmse_logistic5: metricSchema,
});
export type Metrics = z.infer<typeof metricsSchema>;

/** How well the words that predictions fall in agree with the MOS's; bins are closed on the left. */
export const wordsSchema = z.strictObject({
  n: z.number().int().nonnegative(),
  accuracy: metricSchema,
  /** At most one class off. */
  rough_accuracy: metricSchema,
  precision_weighted: metricSchema,
  f1_weighted: metricSchema,
  /** In the order of the words; a word that doesn't occur has a reason. */
  recall: z.array(
    z.strictObject({ word: z.string(), n: z.number().int().nonnegative(), recall: metricSchema }),
  ),
});
export type Words = z.infer<typeof wordsSchema>;

/** A predictor's figures minus the reference's, paired on the same rows, each with its two-sided p. */
const differenceSchema = z.strictObject({
  srcc: metricSchema,
  srcc_p: z.number().nullable(),
  plcc_raw: metricSchema,
  plcc_raw_p: z.number().nullable(),
});
export type HeadDifference = z.infer<typeof differenceSchema>;

const headResultSchema = z.strictObject({
  /** The fit's own name: `scorer`, `xlstm`, `kernel-ridge`. */
  name: z.string(),
  /** As the page calls it. */
  title: z.string(),
  role: z.enum(HEAD_ROLES),
  metrics: metricsSchema,
  /** Absent for the reference itself, and in fits that compared none. */
  minus_reference: differenceSchema.optional(),
  /** Absent, like all that is optional here, in reports of fits that didn't measure it. */
  words: wordsSchema.optional(),
  /** SRCC inside one image prompt at a time: mean over the `n_prompts` of `prompts` with `min_rows` test images or more that vary. */
  within_prompt: z
    .strictObject({
      srcc_mean: metricSchema,
      n_prompts: z.number().int().nonnegative(),
      prompts: z.number().int().nonnegative(),
      n_rows: z.number().int().nonnegative(),
      min_rows: z.number().int().nonnegative(),
    })
    .optional(),
  per_generator: z.array(
    z.strictObject({
      generator: z.string().nullable(),
      n: z.number().int().nonnegative(),
      srcc: metricSchema,
      plcc_raw: metricSchema,
    }),
  ),
  /** SRCC inside one generator setting at a time, over the settings with enough rows. Null without generators. */
  within_generator: z
    .strictObject({
      srcc_mean: metricSchema,
      srcc_worst: metricSchema,
      worst_generator_setting: z.string().nullable(),
      n_settings: z.number().int().nonnegative(),
    })
    .nullable(),
});
export type HeadResult = z.infer<typeof headResultSchema>;

const predictionSchema = z.strictObject({
  sample_name: z.string(),
  generator: z.string().nullable(),
  generator_setting: z.string().nullable(),
  split: splitSchema,
  mos: z.number(),
  predicted_mos: z.number(),
  /** Bounds of the prediction; null where val was too small to give any. */
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** Half width of the predictions' intervals, and in words what it stands on. */
const conformalSchema = z.strictObject({
  half_width: z.number().nullable(),
  coverage: z.number(),
  n: z.number().int().nonnegative(),
  note: z.string(),
});

/** A figure over several seeds. */
const seedFigureSchema = z.strictObject({
  figure: z.string(),
  median: z.number().nullable(),
  sd: z.number().nullable(),
  /** Seeds that have the figure. */
  n: z.number().int().nonnegative(),
  reason: z.string().nullable(),
});
export type SeedFigure = z.infer<typeof seedFigureSchema>;

/** What the fit of one aspect came to. `predictions` are the scorer's. */
export const aspectFitSchema = z.strictObject({
  /** The scorer first, the others in the fit's order. */
  heads: z.tuple([headResultSchema], headResultSchema),
  /** Name of the head that the others are compared with; null where it wasn't fitted. */
  reference: z.string().nullable(),
  /** The metadata-only floor on the same test rows, and in words what it knows. */
  floor: z.strictObject({
    definition: z.string(),
    metrics: metricsSchema,
    words: wordsSchema.optional(),
    /** Of the most frequent word of a generator setting. */
    commonest_word: wordsSchema.optional(),
    /** SRCC of the scorer minus the floor's on the same rows, with a paired interval and its two-sided p. */
    head_minus_floor: z.strictObject({ srcc: metricSchema, p: z.number().nullable() }).optional(),
    /** On all rated rows: the figures that the audit names. */
    all_rows: z
      .strictObject({
        n: z.number().int().nonnegative(),
        srcc: metricSchema,
        plcc_raw: metricSchema,
        accuracy: metricSchema,
        rough_accuracy: metricSchema,
      })
      .optional(),
  }),
  /** Of the scorer. */
  conformal: conformalSchema.optional(),
  seeds: z.array(z.strictObject({ head: z.string(), figures: z.array(seedFigureSchema) })).optional(),
  /** Loss and val SRCC of the first network that was trained; `best_epoch` is the one whose weights it kept. */
  history: z.array(
    z.strictObject({
      epoch: z.number().int().positive(),
      train_loss: z.number().nullable(),
      val_srcc: z.number().nullable(),
    }),
  ),
  best_epoch: z.number().int().positive().nullable(),
  /** Whose history it is, in a sentence; absent where nobody knows. */
  history_note: z.string().optional(),
  predictions: z.array(predictionSchema),
  notes: z.array(z.string()),
});
export type AspectFit = z.infer<typeof aspectFitSchema>;

/** Fits by aspect; an aspect that wasn't fitted is absent. */
export const fitSchema = z.partialRecord(z.enum(ASPECTS), aspectFitSchema);

/** What stands above every table of results besides split, seed and n. */
export const fitProtocolSchema = z.strictObject({
  /** Encoder and its revision. */
  encoder: z.string(),
  /** What each head is, in a phrase; the order is that of the results. */
  heads: z.array(z.strictObject({ title: z.string(), phrase: z.string() })),
  /** What the intervals beside the metrics are: level, what is resampled, how often. */
  metric_interval: z.string(),
  /** What low and high of a prediction are. */
  prediction_interval: z.string(),
  /** Of the teacher's descriptions among what the networks learnt from train rows; absent where they were none of it. */
  description_weight: z.number().positive().optional(),
});
