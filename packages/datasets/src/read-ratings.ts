import path from 'node:path';
import { FIVE_POINT_SCALE, type MosScale, type RejectedRow } from '@retort/schema';
import { agiqaNameKnowledge } from './agiqa-3k.ts';
import { type ColumnAliases, type ColumnMapping, resolveColumns } from './columns.ts';
import { textAt } from './ratings.ts';
import { readTable } from './read-table.ts';
import { readHeader } from './table-header.ts';
import { type Checked, parseRecord, type RatedImage, type TableRules } from './table-record.ts';

export interface RatingsOptions {
  /** Columns whose names differ from ours, from the usual ones and from those of the datasets there are readers for. */
  readonly columns?: ColumnMapping;
  /** Range of the MOS; 0–5 where absent. */
  readonly scale?: MosScale;
}

/** A row of a table of ratings; one that can't be used says why. */
export type RatingsRow =
  | { readonly kind: 'rated'; readonly rated: RatedImage }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRow };

/** Columns of AGIQA-3K (`mos_align` …) and AIGIQA-20K (`mos`, its overall quality), understood without a mapping. */
const DATASET_COLUMNS: ColumnAliases = {
  mos_quality: ['mos'],
  mos_quality_std: ['std_quality'],
  mos_correspondence: ['mos_align'],
  mos_correspondence_std: ['std_align'],
};

/**
 * Reads a table of ratings whose images needn't be there, in its order, one row at a time: AGIQA-3K's `data.csv`, a
 * file of AIGIQA-20K, or any CSV that `--dataset csv` takes. Names are the table's without `./` and doubled slashes;
 * generator and published split come from AGIQA-3K's file names where no column has them.
 *
 * @param file absolute
 * @throws DatasetUnreadableError it is missing, empty, forbidden, not UTF-8, or broken in its quoting
 * @throws MissingColumnError it has no column of names, or not the one that `columns` says
 */
export async function* readRatings(file: string, options: RatingsOptions = {}): AsyncGenerator<RatingsRow> {
  const header = await readHeader(file);
  const rules: TableRules = {
    ...agiqaNameKnowledge,
    columns: resolveColumns(file, header, options.columns ?? {}, DATASET_COLUMNS),
    width: header.length,
    scale: options.scale ?? FIVE_POINT_SCALE,
  };
  const lineOfName = new Map<string, number>();
  let isHeader = true;
  for await (const record of readTable(file)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const rated = checkName(parseRecord(rules, record), lineOfName);
    if ('value' in rated) {
      lineOfName.set(rated.value.name, record.line);
      yield { kind: 'rated', rated: rated.value };
    } else {
      const name = textAt(record.fields, rules.columns.name) || null;
      yield { kind: 'rejected', rejected: { file, row: record.line, name, reason: rated.reason } };
    }
  }
}

function checkName(
  parsed: Checked<RatedImage>,
  lineOfName: ReadonlyMap<string, number>,
): Checked<RatedImage> {
  if ('reason' in parsed) return parsed;
  if (parsed.value.name === '') return { reason: 'The name of the image is empty: fill it in.' };
  const name = path.posix.normalize(parsed.value.name);
  const earlier = lineOfName.get(name);
  if (earlier !== undefined) {
    return { reason: `The image is already in line ${earlier}: keep one of the two rows.` };
  }
  return { value: { ...parsed.value, name } };
}
