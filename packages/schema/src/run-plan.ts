import { z } from 'zod';
import { aspectSchema } from './aspect.ts';
import { canonicalJson } from './canonical-json.ts';
import { hashHex, sha256 } from './hash.ts';
import { splitBySchema } from './split.ts';

/** `label-aware` shows the teacher the MOS, as the paper does; `blind` doesn't. */
export const PROMPT_FORMS = ['label-aware', 'blind'] as const;
export type PromptForm = (typeof PROMPT_FORMS)[number];

/** How one call about all aspects answers: structured by a response schema, or prose under named headings. */
export const COMBINED_OUTPUTS = ['json', 'text'] as const;
export type CombinedOutput = (typeof COMBINED_OUTPUTS)[number];

/** What a run is about: everything that decides its result. How fast, how far and how dear it goes is not in here. */
export const runPlanSchema = z.strictObject({
  dataset: z.strictObject({
    reader: z.string(),
    path: z.string(),
    csv: z.string().nullable(),
    columns: z.record(z.string(), z.string()).nullable(),
    scale: z.strictObject({ min: z.number(), max: z.number() }).nullable(),
    name: z.string().nullable(),
  }),
  /** File of recorded answers; null when the teacher is asked live. */
  recordings: z.string().nullable(),
  /** Null: every aspect that the dataset has ratings for, or without ratings all that can be asked. */
  aspects: z.array(aspectSchema).min(1).nullable(),
  teacher: z.string(),
  model: z.string(),
  promptForm: z.enum(PROMPT_FORMS),
  /** Version of the prompts in that form; absent: the newest. Absent members leave a run's id as it was without them. */
  promptVersion: z.number().int().positive().optional(),
  /** Absent: one call an aspect. */
  combined: z.enum(COMBINED_OUTPUTS).optional(),
  limit: z.number().int().positive().nullable(),
  seed: z.number().int().min(0),
  splitBy: splitBySchema,
  /** Which of several folds is test; absent: a share of the image prompts is. */
  fold: z
    .strictObject({ folds: z.number().int().min(2), fold: z.number().int().positive() })
    .refine(({ folds, fold }) => fold <= folds)
    .optional(),
  /** The generator that a split by generator tests on; absent: a share of them. */
  holdOut: z.string().min(1).optional(),
  /** Written out by a person for a split that leaks into evaluation; absent: such a split is refused. */
  allowLeakage: z.literal(true).optional(),
  strict: z.boolean(),
  /** Asks everything once more on purpose, to compare dates; absent is 0. */
  repeat: z.number().int().positive().optional(),
  /** Profile of the scorer; absent: the fast one. */
  profile: z.string().min(1).optional(),
  /** Members of the fit's config that the profile doesn't have so; absent: none. */
  scorerConfig: z.record(z.string(), z.unknown()).optional(),
  /** Image revision of the encoder with tuned stages whose features are read; absent: the profile's. */
  tunedStages: z.string().min(1).optional(),
  /** What the scorer that predicts is trained on once more after its figures stand; absent: nothing. */
  refit: z.literal('all').optional(),
  /** Written out by a person to have test choose the epoch, as the paper's code does; absent: val does. */
  protocol: z.literal('legacy').optional(),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

/** Name of a run: the same plan is the same run, however often it is started. */
export function runIdOf(plan: RunPlan): string {
  return hashHex(sha256(canonicalJson(plan))).slice(0, 16);
}
