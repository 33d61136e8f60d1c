import { aspectSchema } from '@retort/schema';
import { z } from 'zod';

const count = z.number().int().nonnegative();
const figure = z.number().nullable();
/** A figure with its 95 % interval, bootstrapped by image prompt; null where it isn't defined. */
const estimate = z.strictObject({ value: figure, low: figure, high: figure });
const spread = z.strictObject({ median: figure, p10: figure, p90: figure });
const bothCounts = z.strictObject({ a: count, b: count });

const sideSchema = z.strictObject({
  /** What was asked for: a run's id or a selector. */
  selector: z.string(),
  teachers: z.array(z.string()),
  models: z.array(z.string()),
  model_versions: z.array(z.string()),
  prompts: z.array(z.string()),
  repeats: z.array(count),
  /** Dates of the first and last answer in common, UTC ISO 8601. */
  first_at: z.string().nullable(),
  last_at: z.string().nullable(),
  /** Requests the side has, and how many of them are answered. */
  requests: count,
  answered: count,
  /** Of the answers in common: written with the MOS in sight by all, some or none of the prompts. */
  saw_label: z.enum(['all', 'some', 'none']),
  /** Of the answers in common, every call for them. USD and tokens by answer; null is unknown. */
  calls: count,
  usd_per_answer: figure,
  input_tokens_per_answer: figure,
  output_tokens_per_answer: figure,
  thinking_tokens_per_answer: figure,
  /** Of the calls that answered; null for recordings. */
  latency_ms: spread,
});
export type ComparedSide = z.infer<typeof sideSchema>;

const wordSchema = z.strictObject({ word: z.string(), z: z.number(), a: count, b: count });
export type ComparedWord = z.infer<typeof wordSchema>;

const mosFigures = z.strictObject({ srcc: estimate, accuracy: estimate });

const mosSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fitted'),
    rows: count,
    a: mosFigures,
    b: mosFigures,
    difference: mosFigures,
    floor_accuracy: z.number(),
  }),
  z.strictObject({ kind: z.literal('not-fitted'), reason: z.string() }),
]);

const aspectComparisonSchema = z.strictObject({
  aspect: aspectSchema,
  /** Images on which both sides have an answer. */
  pairs: count,
  image_prompts: count,
  resamples: count,
  saw_label: z.strictObject({ a: z.boolean(), b: z.boolean() }),
  agreement: z.strictObject({
    rouge_l: estimate,
    jaccard: estimate,
    chance: z.strictObject({ rouge_l: figure, jaccard: figure }),
    same: count,
  }),
  lengths: z.array(
    z.strictObject({
      unit: z.enum(['characters', 'words', 'sentences']),
      a: spread,
      b: spread,
      difference: estimate,
    }),
  ),
  words: z.strictObject({ a: z.array(wordSchema), b: z.array(wordSchema) }),
  labels: z.strictObject({
    a: z.strictObject({ answers: count, right: count }),
    b: z.strictObject({ answers: count, right: count }),
    both: count,
    difference: estimate,
  }),
  mos: mosSchema,
});
export type AspectComparison = z.infer<typeof aspectComparisonSchema>;

const exampleSchema = z.strictObject({
  aspect: aspectSchema,
  image: z.string(),
  image_prompt: z.string().nullable(),
  /** On the 0–5 scale. */
  mos: figure,
  thumbnail: z
    .string()
    .regex(/^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/]+={0,2}$/)
    .nullable(),
  a: z.string(),
  b: z.string(),
  rouge_l: z.number(),
  predicted_a: figure,
  predicted_b: figure,
});
export type ComparedExample = z.infer<typeof exampleSchema>;

/** What `distill compare --json` prints and its page shows. Differences are B less A. */
export const comparisonDataSchema = z.strictObject({
  version: z.literal(1),
  /** Brings the comparison about again. */
  command: z.string(),
  seed: count,
  a: sideSchema,
  b: sideSchema,
  /** Rows (image and aspect) that both sides asked about; those both answered; those that are one and the same answer,
   * which are left out of everything. */
  common: z.strictObject({ asked: count, answered: count, identical: count, images: count }),
  outcomes: z.array(z.strictObject({ outcome: z.string(), a: count, b: count })),
  refusals: bothCounts,
  aspects: z.array(aspectComparisonSchema),
  examples: z.array(exampleSchema),
});
export type ComparisonData = z.infer<typeof comparisonDataSchema>;
