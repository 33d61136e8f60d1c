import type { DatasetDescription, ImportedRow, ImportedSample } from '@retort/schema';
import { type ColumnIndexes, type ColumnMapping, resolveColumns } from './columns.ts';
import { DatasetUnreadableError } from './errors.ts';
import { type ImageFolder, openImageFolder } from './image-folder.ts';
import { parseRatings, ratedAspects, textAt } from './ratings.ts';
import { readTable, type TableRecord } from './read-table.ts';
import type { OpenDataset } from './reader.ts';

/** The model behind an image. */
export type Generator = Pick<ImportedSample, 'generator' | 'generatorSetting'>;

/** What makes one dataset of one table and a folder different from another. */
export interface TableDatasetOptions {
  /** The table, absolute. */
  readonly file: string;
  /** Where its names start, absolute. */
  readonly imageFolder: string;
  readonly mapping: ColumnMapping;
  readonly about: Omit<DatasetDescription, 'ratedAspects'>;
  /** Reads the generator from a file name where the table has no column for it. */
  readonly generatorOf?: (fileName: string) => Generator;
}

interface OpenTable extends TableDatasetOptions {
  readonly columns: ColumnIndexes;
  /** Number of fields a record should have. */
  readonly width: number;
  readonly images: ImageFolder;
}

type Checked<T> = { readonly value: T } | { readonly reason: string };

/** Opens a dataset that is one CSV and a folder of images. Throws as `DatasetReader.open` says. */
export async function openTableDataset(options: TableDatasetOptions): Promise<OpenDataset> {
  const header = await readHeader(options.file);
  const columns = resolveColumns(options.file, header, options.mapping);
  const images = await openImageFolder(options.imageFolder);
  const table: OpenTable = { ...options, columns, width: header.length, images };
  return {
    description: { ...options.about, ratedAspects: ratedAspects(columns) },
    files: [options.file],
    rows: () => readRows(table),
  };
}

/** The header's names; a table that has no row below it is refused. */
async function readHeader(file: string): Promise<readonly string[]> {
  let header: readonly string[] | undefined;
  for await (const record of readTable(file)) {
    if (header !== undefined) return header;
    header = record.fields.map((field) => field.trim());
  }
  const message =
    header === undefined
      ? `${file} is empty: a CSV with a header and a row an image was expected.`
      : `${file} has a header and no row: a row an image was expected.`;
  throw new DatasetUnreadableError(file, message);
}

async function* readRows(table: OpenTable): AsyncGenerator<ImportedRow> {
  const lineOfName = new Map<string, number>();
  let isHeader = true;
  for await (const record of readTable(table.file)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const sample = await readSample(table, record, lineOfName);
    if ('value' in sample) {
      lineOfName.set(sample.value.name, record.line);
      yield { kind: 'sample', sample: sample.value };
    } else {
      const name = textAt(record.fields, table.columns.name) || null;
      yield {
        kind: 'rejected',
        rejected: { file: table.file, row: record.line, name, reason: sample.reason },
      };
    }
  }
}

/** Checks one record from the cheap to the dear: shape, name, ratings, and the file system last. */
async function readSample(
  table: OpenTable,
  { line, fields }: TableRecord,
  lineOfName: ReadonlyMap<string, number>,
): Promise<Checked<ImportedSample>> {
  const { columns, width } = table;
  if (fields.length !== width) {
    return {
      reason: `The row should have ${width} fields, as the header, and has ${fields.length}: quote texts with commas.`,
    };
  }
  const ratings = parseRatings(fields, columns, table.about.scale);
  if ('reason' in ratings) return ratings;
  const located = await table.images.locate(textAt(fields, columns.name));
  if (located.kind === 'refused') return located;
  const earlier = lineOfName.get(located.name);
  if (earlier !== undefined) {
    return { reason: `The image is already in line ${earlier}: keep one of the two rows.` };
  }
  return {
    value: {
      name: located.name,
      imagePath: located.imagePath,
      imagePrompt: imagePromptOf(fields, columns.image_prompt),
      ...readGenerator(table, fields, located.name),
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
  { columns, generatorOf }: OpenTable,
  fields: readonly string[],
  name: string,
): Generator {
  const generator = textAt(fields, columns.generator) || null;
  const generatorSetting = textAt(fields, columns.generator_setting) || generator;
  if (generatorSetting !== null || generatorOf === undefined) return { generator, generatorSetting };
  return generatorOf(name.slice(name.lastIndexOf('/') + 1));
}
