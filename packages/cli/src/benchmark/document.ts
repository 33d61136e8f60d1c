import { ASPECTS } from '@retort/schema';
import { z } from 'zod';

const value = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();
const aspect = z.enum(ASPECTS);
export const findingSchema = z.object({ rows: z.number(), names: z.array(z.string()) });
const spread = z.object({ median: value, sd: value, n: z.number(), reason: z.string().nullable() });
const part = z.looseObject({ name: z.string(), n: z.number(), srcc: value, plcc_raw: value });
const difference = z.object({ value, interval, p: value, reason: z.string().nullable() });

const figuresSchema = z.looseObject({
  n: z.number(),
  srcc: value,
  plcc_raw: value,
  plcc_logistic5: value,
  krcc: value,
  rmse_raw: value,
  reasons: z.record(z.string(), z.string()),
  intervals: z.record(z.string(), interval),
  words: z.looseObject({ accuracy: value, rough_accuracy: value }),
  within_generator: z.looseObject({ srcc_mean: value, srcc_worst: value, n_settings: z.number() }),
});

export const methodSchema = z.looseObject({
  aspect,
  method: z.string(),
  protocol: z.string(),
  stated_protocol: z.string().nullable(),
  n: z.number(),
  coverage: z.number(),
  representative_seed: z.string().nullable(),
  seed_names: z.array(z.string()),
  figures: figuresSchema,
  seeds: z.record(z.string(), spread).nullable(),
  scale: z.looseObject({ note: z.string().nullable() }),
  floor: figuresSchema.extend({ reason: z.string().nullable() }),
  minus_floor: z.looseObject({ srcc_difference: value, interval, p: value }),
  folds: z.array(part),
  models: z.array(part),
  models_reason: z.string().nullable(),
  leaks: z.object({
    /** Null where the file doesn't say what was trained on, as is the next. */
    prompt_in_train: findingSchema.nullable(),
    generator_in_train: findingSchema.nullable(),
    repeated_names: findingSchema,
    contradictory_names: findingSchema,
    unknown_names: findingSchema,
    without_rating: findingSchema,
    without_prediction: findingSchema,
  }),
  minus_stored: z.array(
    z.object({
      run: z.string(),
      head: z.string(),
      protocol: z.string(),
      same_protocol: z.boolean(),
      n: z.number(),
      refused: z.string().nullable(),
      srcc: difference.nullable(),
      plcc_raw: difference.nullable(),
    }),
  ),
});
export type BenchmarkMethod = z.infer<typeof methodSchema>;

const storedSchema = z.object({
  run: z.string(),
  head: z.string(),
  aspect,
  protocol: z.string(),
  n: z.number(),
  srcc: value,
  plcc_raw: value,
  krcc: value,
  rmse_raw: value,
});

/** What the scorer's `benchmark` writes; its keys stay snake_case, also in `--json`. */
export const benchmarkDocumentSchema = z.looseObject({
  splits: z.object({ note: z.string(), folds: z.number(), seed: z.number() }),
  methods: z.array(methodSchema),
  stored: z.array(storedSchema),
});
export type BenchmarkDocument = z.infer<typeof benchmarkDocumentSchema>;
