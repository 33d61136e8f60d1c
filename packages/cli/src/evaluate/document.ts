import { ASPECTS } from '@retort/schema';
import { z } from 'zod';
import { findingSchema, methodSchema } from '../benchmark/document.ts';

const value = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();
const count = z.number().int().nonnegative();

const aspectSchema = z.object({
  aspect: z.enum(ASPECTS),
  rated: count,
  /** Rated rows that are new to the checkpoint. */
  n: count,
  /** Rows that aren't new, by what is shared; null where nobody knows what was trained on. */
  shared: z
    .object({ image_prompts: findingSchema, images: findingSchema, new_of_seen_generators: findingSchema })
    .nullable(),
  methods: z.array(
    methodSchema.pick({
      aspect: true,
      method: true,
      protocol: true,
      n: true,
      figures: true,
      floor: true,
      minus_floor: true,
      scale: true,
    }),
  ),
  /** Trained predictor minus checkpoint on the new rows; null without the one or the others. */
  difference: z
    .object({
      srcc_difference: value,
      interval,
      p: value,
      plcc_difference: value,
      plcc_interval: interval,
      plcc_p: value,
    })
    .nullable(),
  coverage: z
    .object({ expected: z.number(), found: z.number(), half_width: z.number(), n: count })
    .nullable(),
  notes: z.array(z.string()),
});
export type EvaluatedAspect = z.infer<typeof aspectSchema>;

/** What the scorer's `evaluate` writes; its keys stay snake_case, also in `--json`. */
export const evaluationSchema = z.object({
  encoder: z.string(),
  /** Null for a checkpoint that doesn't say; numbers of images and image prompts, val rows among them. */
  trained_on: z.object({ images: count, image_prompts: count, generators: z.array(z.string()) }).nullable(),
  refit: z.string().nullable(),
  protocol_note: z.string().nullable(),
  folds: z.object({ count, seed: z.number() }).nullable(),
  aspects: z.array(aspectSchema),
  only_in_checkpoint: z.array(z.enum(ASPECTS)),
  only_in_dataset: z.array(z.enum(ASPECTS)),
  unreadable: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
