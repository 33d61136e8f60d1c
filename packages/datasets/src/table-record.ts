import { type ImportedSample, type MosScale, type Split, splitSchema } from '@retort/schema';
import type { ColumnIndexes } from './columns.ts';
import { parseRatings, textAt } from './ratings.ts';
import type { TableRecord } from './read-table.ts';

/** The model behind an image. */
export type Generator = Pick<ImportedSample, 'generator' | 'generatorSetting'>;

/** What a name alone says about an image of one dataset. */
export interface NameKnowledge {
  /** Reads the generator from a file name where the table has no column for it. */
  readonly generatorOf?: (fileName: string) => Generator;
  /** The published side of an image where the table has no column for it; null where none is known. */
  readonly publishedSplitOf?: (fileName: string) => Split | null;
}

/** How the records of one table are read. */
export interface TableRules extends NameKnowledge {
  readonly columns: ColumnIndexes;
  /** Number of fields a record should have. */
  readonly width: number;
  readonly scale: MosScale;
}

/** What a table says of one image, whether or not that is there. */
export type RatedImage = Omit<ImportedSample, 'imagePath'>;

export type Checked<T> = { readonly value: T } | { readonly reason: string };

/** Reads one record without looking at the disk: shape, ratings, split. `name` is as the table gives it, trimmed. */
export function parseRecord(rules: TableRules, { line, fields }: TableRecord): Checked<RatedImage> {
  const { columns, width } = rules;
  if (fields.length !== width) {
    return {
      reason: `The row should have ${width} fields, as the header, and has ${fields.length}: quote texts with commas.`,
    };
  }
  const ratings = parseRatings(fields, columns, rules.scale);
  if ('reason' in ratings) return ratings;
  const split = parseSplit(textAt(fields, columns.split));
  if ('reason' in split) return split;
  const name = textAt(fields, columns.name);
  const fileName = name.slice(name.lastIndexOf('/') + 1);
  return {
    value: {
      name,
      imagePrompt: imagePromptOf(fields, columns.image_prompt),
      ...readGenerator(rules, fields, fileName),
      publishedSplit: split.value ?? rules.publishedSplitOf?.(fileName) ?? null,
      ratings: ratings.value,
      row: line,
    },
  };
}

/** The prompt as it stands in the table, white space and all; null when there is nothing else in it. */
function imagePromptOf(fields: readonly string[], index: number | undefined): string | null {
  return textAt(fields, index) === '' || index === undefined ? null : (fields[index] ?? null);
}

function readGenerator(
  { columns, generatorOf }: TableRules,
  fields: readonly string[],
  fileName: string,
): Generator {
  const generator = textAt(fields, columns.generator) || null;
  const generatorSetting = textAt(fields, columns.generator_setting) || generator;
  if (generatorSetting !== null || generatorOf === undefined) return { generator, generatorSetting };
  return generatorOf(fileName);
}

/** `validation` is what Hugging Face calls val. */
function parseSplit(text: string): Checked<Split | null> {
  if (text === '') return { value: null };
  const split = splitSchema.safeParse(text === 'validation' ? 'val' : text);
  if (split.success) return { value: split.data };
  return { reason: `The split should be train, val or test and is "${text}": mend or empty it.` };
}
