import { aspectSchema, outcomeSchema, requestAspectSchema, splitBySchema, splitSchema } from '@retort/schema';
import { z } from 'zod';
import { fitProtocolSchema, fitSchema } from './fit-data.ts';

const count = z.number().int().nonnegative();

const runSchema = z.strictObject({
  id: z.string(),
  dataset: z.string(),
  dataset_source: z.string().nullable(),
  dataset_licence: z.string().nullable(),
  teacher: z.string(),
  /** As people know it: `Gemini 1.5 Pro`, `gemini-2.5-flash`. */
  model: z.string(),
  /** True when the answers are replayed recordings: nothing was asked or paid. */
  recorded: z.boolean(),
  /** True when a teacher's text of this run was written with the MOS in sight. */
  saw_label: z.boolean(),
  aspects: z.array(aspectSchema),
  /** Aspects that were wanted or exist, and why this run hasn't them. */
  skipped_aspects: z.array(z.strictObject({ aspect: aspectSchema, reason: z.string() })),
  seed: z.number().int(),
  split_by: splitBySchema,
  /** What the split rule promises and what it leaks. */
  split_note: z.string(),
  /** Which fold is test; absent where the split has none. */
  fold: z.strictObject({ folds: z.number().int(), fold: z.number().int() }).optional(),
  /** The generator that is test; absent where none was named. */
  hold_out: z.string().optional(),
  /** Rules of honest evaluation that the split breaks, a sentence each; absent when it is clean. */
  leakage: z.array(z.string()).optional(),
  code_commit: z.string().nullable(),
  started_at: z.string(),
  /** What brings this run about again. */
  command: z.string(),
  options: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
  ),
});

const countsSchema = z.strictObject({
  images: count,
  /** `rejected` may be cut; `rejected_total` says how many there are. */
  rejected: z.array(
    z.strictObject({
      file: z.string(),
      row: z.number().int().nullable(),
      name: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  rejected_total: count,
  conversations: count,
  /** `dead_letters` may be cut; `dead_letters_total` says how many there are. */
  dead_letters: z.array(
    z.strictObject({
      image: z.string(),
      aspect: requestAspectSchema,
      outcome: outcomeSchema,
      reason: z.string().nullable(),
      attempts: count,
    }),
  ),
  dead_letters_total: count,
  teacher_calls: count,
  /** Answers of earlier runs that served again. */
  reused_answers: count,
  /** Null is an unknown price; 0 is free. */
  cost_usd: z.number().nonnegative().nullable(),
  /** What calls cost and who says so, one line a price that was used; empty where nothing was asked live. */
  prices: z.array(z.string()).default([]),
  tokens: z.strictObject({ input: count.nullable(), output: count.nullable(), thinking: count.nullable() }),
  rows: z.array(
    z.strictObject({
      aspect: aspectSchema,
      split: splitSchema,
      rows: count,
      image_prompts: count.nullable(),
    }),
  ),
  /** Rows of the corpus that a person touched; `rejected` were left out. Absent where nobody did. */
  review: z.strictObject({ accepted: count, edited: count, rejected: count }).optional(),
});

const auditSchema = z.strictObject({
  rows: count,
  findings: z.array(
    z.strictObject({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'info']),
      /** Ids of the first rows concerned; `row_count` says how many there are. */
      rows: z.array(z.string()),
      row_count: count,
      evidence: z.string(),
      advice: z.string(),
    }),
  ),
});

const publishedResultSchema = z.strictObject({
  method: z.string(),
  aspect: aspectSchema,
  /** Null where the source has no figure of the method for this dataset and aspect. */
  srcc: z.number().nullable(),
  plcc: z.number().nullable(),
  /** How the figures were obtained, and why they don't compare with ours. */
  protocol: z.string(),
  source: z.string(),
  checked_on: z.string(),
});
export type PublishedResult = z.infer<typeof publishedResultSchema>;

const galleryEntrySchema = z.strictObject({
  kind: z.enum(['best', 'worst']),
  aspect: aspectSchema,
  sample_name: z.string(),
  /** A small image as a data: URI; null where there is none, and always in report.json. */
  thumbnail: z
    .string()
    .regex(/^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/]+={0,2}$/)
    .nullable(),
  image_prompt: z.string().nullable(),
  generator: z.string().nullable(),
  mos: z.number(),
  predicted_mos: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  conversation: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), text: z.string() })),
  saw_label: z.boolean(),
});
export type GalleryEntry = z.infer<typeof galleryEntrySchema>;

/** Raised when report.json has another shape. 2: heads are a list, the scorer first. */
export const REPORT_DATA_VERSION = 2;

/**
 * Everything the report shows, and what report.json holds. MOS are on the 0–5 scale. Whoever builds it from the store
 * passes it through this schema once; the renderers trust it.
 */
export const reportDataSchema = z.strictObject({
  version: z.literal(REPORT_DATA_VERSION),
  run: runSchema,
  counts: countsSchema,
  audit: auditSchema,
  /** Null when the run stopped before the export. `path` is shown as it is. */
  corpus: z
    .strictObject({ key: z.string(), path: z.string(), formats: z.array(z.string()), rows: count })
    .nullable(),
  training_command: z.string().nullable(),
  fit: fitSchema.nullable(),
  fit_protocol: fitProtocolSchema.nullable(),
  /** Why `fit` is null; null when it isn't. */
  fit_skipped_reason: z.string().nullable(),
  paper: z.array(publishedResultSchema),
  gallery: z.array(galleryEntrySchema),
  artifacts: z.strictObject({ checkpoint: z.string().nullable(), report: z.string().nullable() }),
});
export type ReportData = z.infer<typeof reportDataSchema>;
