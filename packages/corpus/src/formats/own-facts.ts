import { ASPECTS, type CorpusRow, WORD_LABELS } from '@retort/schema';
import { z } from 'zod';

/** What a row of ours says of itself where its format has room for it, as Parquet and WebDataset have. */
export type OwnFacts = Pick<
  CorpusRow,
  'aspect' | 'imagePrompt' | 'generator' | 'generatorSetting' | 'mos' | 'wordLabel' | 'sawLabel'
>;

/** Those of `rowMetadata` that an audit uses. */
const ownFactsSchema = z.object({
  id: z.string(),
  dataset: z.string(),
  aspect: z.enum(ASPECTS),
  image_prompt: z.string().nullable(),
  generator: z.string().nullable(),
  generator_setting: z.string().nullable(),
  mos: z.number().nullable(),
  word_label: z.enum(WORD_LABELS).nullable(),
  saw_label: z.boolean(),
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
