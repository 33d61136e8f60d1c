import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { FIVE_POINT_SCALE, type ImportedRow, type MosScale, SPLITS } from '@retort/schema';
import { checkObservedScale } from './check-observed-scale.ts';
import type { ColumnMapping } from './columns.ts';
import { parseDecimal } from './decimal.ts';
import { DatasetUnreadableError, InvalidDatasetOptionError } from './errors.ts';
import { openImageFolder } from './image-folder.ts';
import { ratedAspects, textAt } from './ratings.ts';
import { readTable } from './read-table.ts';
import type { DatasetReader, ReaderOptions } from './reader.ts';
import { type OpenTable, openTable, readRows } from './table-dataset.ts';
import type { Generator } from './table-record.ts';

const NAME = 'aigiqa-20k';

/** Its one MOS is of the image as a whole, looks and fit to the prompt together; ours to call it quality. */
const COLUMNS: ColumnMapping = { name: 'name', image_prompt: 'prompt', mos_quality: 'mos' };

/** `LCM_SD1.5_0098.png` is number 98 by LCM_SD1.5. Source: names in published rows (checked 2026-11-28). */
const FILE_NAME = /^(?<generator>.+)_\d{4}\.[^.]+$/;

/** AIGIQA-20K: `info_train.csv`, `info_val.csv`, `info_test.csv`, with the images beside them or in folders. */
export const aigiqa20kReader: DatasetReader = {
  name: NAME,
  publishedSplitSizes: { train: 14_000, val: 2000, test: 4000 },
  async open(options) {
    const scale = options.scale ?? FIVE_POINT_SCALE;
    const tables = await openTables(options, scale);
    return {
      description: {
        reader: NAME,
        name: options.datasetName ?? NAME,
        scale,
        ratedAspects: ratedAspects(tables[0]?.rules.columns ?? { name: 0 }),
        licence: null,
        source: 'AIGIQA-20K (Li et al., 2024, arXiv 2404.03407)',
      },
      files: tables.map(({ file }) => file),
      rows: () => readTables(tables),
    };
  },
};

async function openTables(options: ReaderOptions, scale: MosScale): Promise<readonly OpenTable[]> {
  const { path: folder, csv, columns } = options;
  if (csv !== undefined) {
    throw new InvalidDatasetOptionError(
      `${NAME} reads its three info_….csv files from --path: leave --csv out, or read one table with --dataset csv.`,
    );
  }
  const tables: OpenTable[] = [];
  for (const split of SPLITS) {
    const file = path.join(folder, `info_${split}.csv`);
    await checkIsThere(file);
    const images = await openImageFolder(folder, ['images', split, 'all']);
    const rest = { scale, generatorOf, publishedSplitOf: () => split };
    const rules = await openTable(file, { ...COLUMNS, ...columns }, rest);
    tables.push({ file, rules, images });
  }
  const values = await readMosColumns(tables);
  checkObservedScale(folder, `The MOS of ${folder}`, values, scale);
  return tables;
}

async function checkIsThere(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    const message = `${file} isn't there or can't be read: ${NAME} is split over info_train.csv, info_val.csv and info_test.csv.`;
    throw new DatasetUnreadableError(file, message, { cause });
  }
}

async function readMosColumns(tables: readonly OpenTable[]): Promise<readonly number[]> {
  const values: number[] = [];
  for (const { file, rules } of tables) {
    for await (const { fields } of readTable(file)) {
      // The header is no number and falls out by itself.
      const value = parseDecimal(textAt(fields, rules.columns.mos_quality));
      if (value !== null) values.push(value);
    }
  }
  return values;
}

/** All three in the order of the splits; an image that an earlier file has is set aside, whichever split that was. */
async function* readTables(tables: readonly OpenTable[]): AsyncGenerator<ImportedRow> {
  const placeOfName = new Map<string, string>();
  for (const table of tables) {
    yield* readRows(table, placeOfName, (line) => `line ${line} of ${path.basename(table.file)}`);
  }
}

function generatorOf(fileName: string): Generator {
  const generator = FILE_NAME.exec(fileName)?.groups?.generator ?? null;
  return { generator, generatorSetting: generator };
}
