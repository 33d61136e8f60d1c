import { ASPECTS, type CorpusRow, WORD_LABELS } from '@retort/schema';
import { z } from 'zod';
import { rowId } from '../row-id.ts';

/** What a row is known by besides its picture and turns, in the spelling of data files; the same in every split. */
export function rowMetadata(row: CorpusRow) {
  return {
    id: rowId(row),
    dataset: row.dataset,
    aspect: row.aspect,
    image_prompt: row.imagePrompt,
    generator: row.generator,
    generator_setting: row.generatorSetting,
    mos: row.mos,
    word_label: row.wordLabel,
    saw_label: row.sawLabel,
    prompt_id: row.promptId,
    teacher: row.teacher,
    model: row.model,
    request_key: row.requestKey,
  };
}

/** The same, where it is read. */
export const rowMetadataSchema = z.object({
  id: z.string(),
  dataset: z.string(),
  aspect: z.enum(ASPECTS),
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
});
