import type { CorpusRow } from '@retort/schema';
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
