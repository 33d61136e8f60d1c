import { type CorpusRow, REVIEW_DECISIONS, SPLITS } from '@retort/schema';
import { z } from 'zod';
import { rowMetadata, rowMetadataSchema } from '../formats/row-metadata.ts';

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
export const exportedRowSchema = rowMetadataSchema.extend({
  sample: z.string(),
  split: z.enum(SPLITS),
  image: z.string().nullable(),
  image_hash: z.string(),
  blob_hash: z.string(),
  width: z.number(),
  height: z.number(),
  review: z.enum(REVIEW_DECISIONS).exclude(['rejected']).optional(),
});
export type ExportedRow = z.infer<typeof exportedRowSchema>;
