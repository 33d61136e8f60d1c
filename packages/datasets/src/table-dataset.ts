import type { DatasetDescription, ImportedRow, ImportedSample } from '@retort/schema';
import { type ColumnMapping, resolveColumns } from './columns.ts';
import { type ImageFolder, openImageFolder } from './image-folder.ts';
import { ratedAspects, textAt } from './ratings.ts';
import { readTable, type TableRecord } from './read-table.ts';
import type { OpenDataset } from './reader.ts';
import { readHeader } from './table-header.ts';
import { type Checked, type NameKnowledge, parseRecord, type TableRules } from './table-record.ts';

/** What makes one dataset of one table and a folder different from another. */
export interface TableDatasetOptions extends NameKnowledge {
  /** The table, absolute. */
  readonly file: string;
  /** Where its names start, absolute. */
  readonly imageFolder: string;
  readonly mapping: ColumnMapping;
  readonly about: Omit<DatasetDescription, 'ratedAspects'>;
}

/** A table that is read row by row, and the folder its images are in. */
export interface OpenTable {
  readonly file: string;
  readonly rules: TableRules;
  readonly images: ImageFolder;
}

/** Opens a dataset that is one CSV and a folder of images. Throws as `DatasetReader.open` says. */
export async function openTableDataset(options: TableDatasetOptions): Promise<OpenDataset> {
  const { file, about, mapping, imageFolder, ...knowledge } = options;
  const rules = await openTable(file, mapping, { ...knowledge, scale: about.scale });
  const images = await openImageFolder(imageFolder);
  return {
    description: { ...about, ratedAspects: ratedAspects(rules.columns) },
    files: [file],
    rows: () => readRows({ file, rules, images }, new Map()),
  };
}

/** Reads the header of a table. Throws as `DatasetReader.open` says. */
export async function openTable(
  file: string,
  mapping: ColumnMapping,
  rest: Omit<TableRules, 'columns' | 'width'>,
): Promise<TableRules> {
  const header = await readHeader(file);
  return { ...rest, columns: resolveColumns(file, header, mapping), width: header.length };
}

/** Rows of a table below its header. `placeOfName` has the images met so far, with where that was, and is added to. */
export async function* readRows(
  table: OpenTable,
  placeOfName: Map<string, string>,
  placeOf: (line: number) => string = (line) => `line ${line}`,
): AsyncGenerator<ImportedRow> {
  let isHeader = true;
  for await (const record of readTable(table.file)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const sample = await readSample(table, record, placeOfName);
    if ('value' in sample) {
      placeOfName.set(sample.value.name, placeOf(record.line));
      yield { kind: 'sample', sample: sample.value };
    } else {
      const name = textAt(record.fields, table.rules.columns.name) || null;
      yield {
        kind: 'rejected',
        rejected: { file: table.file, row: record.line, name, reason: sample.reason },
      };
    }
  }
}

/** Checks one record from the cheap to the dear: shape, ratings, and the file system last. */
async function readSample(
  { rules, images }: OpenTable,
  record: TableRecord,
  placeOfName: ReadonlyMap<string, string>,
): Promise<Checked<ImportedSample>> {
  const parsed = parseRecord(rules, record);
  if ('reason' in parsed) return parsed;
  const located = await images.locate(parsed.value.name);
  if (located.kind === 'refused') return located;
  const earlier = placeOfName.get(located.name);
  if (earlier !== undefined) {
    return { reason: `The image is already in ${earlier}: keep one of the two rows.` };
  }
  return { value: { ...parsed.value, name: located.name, imagePath: located.imagePath } };
}
