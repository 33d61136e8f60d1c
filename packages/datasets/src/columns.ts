import { ASPECTS, type Aspect } from '@retort/schema';
import { z } from 'zod';
import { DatasetUnreadableError, InvalidDatasetOptionError, MissingColumnError } from './errors.ts';

/** What a table can say of an image, by our names. */
export type ColumnName =
  | 'name'
  | 'image_prompt'
  | 'generator'
  | 'generator_setting'
  | 'split'
  | `mos_${Aspect}`
  | `mos_${Aspect}_std`;

export const COLUMN_NAMES: readonly ColumnName[] = [
  'name',
  'image_prompt',
  'generator',
  'generator_setting',
  'split',
  ...ASPECTS.flatMap((aspect) => [`mos_${aspect}`, `mos_${aspect}_std`] as const),
];

/** Our name → the table's name. */
export type ColumnMapping = Readonly<Partial<Record<ColumnName, string>>>;

/** Where in a record each thing stands, from 0; absent when the table doesn't have it. `name` is always there. */
export type ColumnIndexes = Readonly<Partial<Record<ColumnName, number>> & { name: number }>;

/** Other names people give to these columns, tried in this order after our own. */
const ALIASES: ColumnAliases = {
  name: ['image', 'file_name', 'filename'],
  image_prompt: ['prompt', 'caption', 'text'],
};

const columnNameSchema = z.enum(COLUMN_NAMES);

/**
 * Reads `--columns`: `name=file,image_prompt=caption,mos_quality=q`.
 *
 * @throws InvalidDatasetOptionError a pair isn't `ours=theirs`, a name isn't ours, or one is given twice
 */
export function parseColumnMapping(text: string): ColumnMapping {
  const mapping: Partial<Record<ColumnName, string>> = {};
  for (const pair of text.split(',')) {
    const separator = pair.indexOf('=');
    const theirs = pair.slice(separator + 1).trim();
    if (separator === -1 || theirs === '') {
      throw new InvalidDatasetOptionError(
        `--columns wants pairs like name=file,image_prompt=caption; "${pair.trim()}" isn't one: write ours=theirs.`,
      );
    }
    const ours = columnNameSchema.safeParse(pair.slice(0, separator).trim());
    if (!ours.success) {
      throw new InvalidDatasetOptionError(
        `--columns knows no "${pair.slice(0, separator).trim()}": left of = stands one of ${COLUMN_NAMES.join(', ')}.`,
      );
    }
    if (mapping[ours.data] !== undefined) {
      throw new InvalidDatasetOptionError(`--columns gives ${ours.data} twice: keep one.`);
    }
    mapping[ours.data] = theirs;
  }
  return mapping;
}

/** Names that a table may give to our columns besides the usual ones, by our names. */
export type ColumnAliases = Readonly<Partial<Record<ColumnName, readonly string[]>>>;

/**
 * Finds each column of ours in a table's header: by the mapping, else by its own name, else by a usual one, else by one
 * of `aliases`.
 *
 * @throws MissingColumnError there is no `name`, or a mapping names a column that isn't there
 * @throws DatasetUnreadableError a column that is needed stands twice in the header
 */
export function resolveColumns(
  file: string,
  header: readonly string[],
  mapping: ColumnMapping,
  aliases: ColumnAliases = {},
): ColumnIndexes {
  const indexes: Partial<Record<ColumnName, number>> = {};
  for (const column of COLUMN_NAMES) {
    const mapped = mapping[column];
    const expected = mapped === undefined ? candidates(column, aliases) : [mapped];
    const index = findColumn(file, header, expected);
    if (index !== undefined) indexes[column] = index;
    else if (mapped !== undefined) throw new MissingColumnError(file, column, expected, header);
  }
  const { name } = indexes;
  if (name === undefined) throw new MissingColumnError(file, 'name', candidates('name', aliases), header);
  return { ...indexes, name };
}

function findColumn(
  file: string,
  header: readonly string[],
  expected: readonly string[],
): number | undefined {
  const found = expected.find((name) => header.includes(name));
  if (found === undefined) return undefined;
  if (header.indexOf(found) !== header.lastIndexOf(found)) {
    throw new DatasetUnreadableError(file, `${file} has the column "${found}" twice: rename one of them.`);
  }
  return header.indexOf(found);
}

function candidates(column: ColumnName, aliases: ColumnAliases): readonly string[] {
  return [column, ...(ALIASES[column] ?? []), ...(aliases[column] ?? [])];
}
