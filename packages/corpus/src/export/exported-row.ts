import { ASPECTS, type CorpusRow, REVIEW_DECISIONS, SPLITS, WORD_LABELS } from '@retort/schema';
import { z } from 'zod';
import { rowMetadata } from '../formats/row-metadata.ts';

/** A line of rows.jsonl: what is known of a row besides its turns. `image` is null where the files carry the bytes. */
export function exportedRow(row: CorpusRow, image: string | null) {
  return {
    ...rowMetadata(row),
    sample: row.sampleName,
    split: row.split,
    image,
    image_hash: row.imageHash,
    blob_hash: row.blobHash,
    width: row.width,
    height: row.height,
    ...(row.review === undefined ? {} : { review: row.review }),
  };
}

/** The same, where it is read. */
export const exportedRowSchema = z.object({
  id: z.string(),
  sample: z.string(),
  split: z.enum(SPLITS),
  dataset: z.string(),
  aspect: z.enum(ASPECTS),
  image: z.string().nullable(),
  image_hash: z.string(),
  blob_hash: z.string(),
  width: z.number(),
  height: z.number(),
  image_prompt: z.string().nullable(),
  generator: z.string().nullable(),
  generator_setting: z.string().nullable(),
  mos: z.number().nullable(),
  word_label: z.enum(WORD_LABELS).nullable(),
  saw_label: z.boolean(),
  prompt_id: z.string(),
  teacher: z.string(),
  model: z.string(),
  request_key: z.string(),
  review: z.enum(REVIEW_DECISIONS).exclude(['rejected']).optional(),
});
export type ExportedRow = z.infer<typeof exportedRowSchema>;
