import type { CorpusRow } from '@retort/schema';
import { rowMetadataSchema } from './row-metadata.ts';

/** What a row of ours says of itself where its format has room for it, as Parquet and WebDataset have. */
export type OwnFacts = Pick<
  CorpusRow,
  'aspect' | 'imagePrompt' | 'generator' | 'generatorSetting' | 'mos' | 'wordLabel' | 'sawLabel'
>;

/** Those of `rowMetadata` that an audit uses. */
const ownFactsSchema = rowMetadataSchema.omit({
  prompt_id: true,
  teacher: true,
  model: true,
  request_key: true,
});

/** Null for a row that isn't ours: only ours have an id that begins with their dataset and aspect. Its MOS is on 0–5. */
export function ownFactsOf(row: unknown): OwnFacts | null {
  const known = ownFactsSchema.safeParse(row).data;
  if (known === undefined) return null;
  if (!known.id.startsWith(`${known.dataset}/${known.aspect}/`)) return null;
  return {
    aspect: known.aspect,
    imagePrompt: known.image_prompt,
    generator: known.generator,
    generatorSetting: known.generator_setting,
    mos: known.mos,
    wordLabel: known.word_label,
    sawLabel: known.saw_label,
  };
}
