import { DatasetUnreadableError, parseDecimal, readTable, type TableRecord } from '@retort/datasets';
import { ASPECTS, type Aspect, aspectSchema, RetortError, SPLITS, splitSchema } from '@retort/schema';

/** One prediction, keys as the scorer reads them. */
export interface PredictionLine {
  /** Line of the CSV, counted from 1 with the header. */
  readonly row: number;
  readonly sample_name: string;
  readonly aspect: Aspect;
  readonly method: string;
  readonly predicted_mos: number;
  readonly seed: string | null;
  readonly fold: string | null;
  readonly split: string | null;
  readonly protocol: string | null;
}

export interface ReadPredictions {
  readonly lines: readonly PredictionLine[];
  /** Columns that nothing was taken from. */
  readonly unused: readonly string[];
}

export interface PredictionDefaults {
  /** What a `prediction` column is about where no column says so; asked only then, and may throw. */
  readonly aspect: () => Aspect;
  readonly method: string;
}

export class PredictionColumnError extends RetortError {
  readonly code = 'dataset-column-missing';
}

const NAMES = ['name', 'image', 'sample_name'] as const;
const VALUES = ['prediction', 'predicted_mos'] as const;
const OPTIONAL = ['aspect', 'method', 'seed', 'fold', 'split', 'protocol'] as const;
/** Of `distill predict`: known, and of no use here. */
const INTERVAL = ['low', 'high'];

interface Columns {
  readonly name: number;
  readonly values: readonly { readonly at: number; readonly aspect: Aspect | null }[];
  readonly optional: Readonly<Record<(typeof OPTIONAL)[number], number>>;
}

/**
 * Reads a CSV of predictions; an empty prediction is none.
 *
 * @throws DatasetUnreadableError it can't be read, holds no row, or a row of it can't be meant
 * @throws PredictionColumnError a column is missing, or stands beside one that it contradicts
 */
export async function readPredictions(file: string, defaults: PredictionDefaults): Promise<ReadPredictions> {
  let columns: Columns | null = null;
  let header: readonly string[] = [];
  const lines: PredictionLine[] = [];
  for await (const record of readTable(file)) {
    if (columns === null) {
      header = record.fields.map((field) => field.trim());
      columns = findColumns(file, header);
    } else lines.push(...linesOf(file, columns, record, defaults));
  }
  if (lines.length === 0) {
    throw new DatasetUnreadableError(
      file,
      `${file} holds no prediction: expected a header such as name,prediction and a row an image.`,
    );
  }
  const used = [...NAMES, ...VALUES, ...OPTIONAL, ...ASPECTS, ...INTERVAL] as readonly string[];
  return { lines, unused: header.filter((column) => !used.includes(column)) };
}

function findColumns(file: string, header: readonly string[]): Columns {
  const twice = header.find((column, at) => header.indexOf(column) !== at);
  if (twice !== undefined)
    throw new PredictionColumnError(`${file} has the column "${twice}" twice: rename one of them.`);
  const found = (names: readonly string[]): number => header.findIndex((column) => names.includes(column));
  const name = found(NAMES);
  const value = found(VALUES);
  const wide = ASPECTS.map((aspect) => ({ at: header.indexOf(aspect), aspect })).filter(
    ({ at }) => at !== -1,
  );
  const its = `its columns are ${header.join(', ')}`;
  if (name === -1) throw new PredictionColumnError(`${file} has no column "name" of image names; ${its}.`);
  if (value === -1 && wide.length === 0)
    throw new PredictionColumnError(
      `${file} has no column "prediction", nor one named ${ASPECTS.join(' or ')}; ${its}.`,
    );
  if (value !== -1 && wide.length > 0)
    throw new PredictionColumnError(
      `${file} has the column "${header[value]}" and columns of aspects: keep the one or the others.`,
    );
  const optional = Object.fromEntries(
    OPTIONAL.map((column) => [column, header.indexOf(column)]),
  ) as Columns['optional']; // one entry a member of OPTIONAL
  if (wide.length > 0 && optional.aspect !== -1)
    throw new PredictionColumnError(`${file} has the column "aspect" and columns of aspects: drop "aspect".`);
  return { name, values: wide.length > 0 ? wide : [{ at: value, aspect: null }], optional };
}

function linesOf(
  file: string,
  columns: Columns,
  { line, fields }: TableRecord,
  defaults: PredictionDefaults,
): PredictionLine[] {
  const text = (at: number): string => (fields[at] ?? '').trim();
  const optional = (column: (typeof OPTIONAL)[number]): string | null =>
    text(columns.optional[column]) || null;
  const name = text(columns.name);
  const refuse = (what: string): DatasetUnreadableError =>
    new DatasetUnreadableError(file, `${file}, line ${line} (${name || 'no name'}): ${what}`);
  if (name === '') throw refuse('expected the name of an image, the cell is empty.');
  const [fold, split] = [optional('fold'), optional('split')];
  if (fold !== null && split !== null)
    throw refuse('it has a fold and a split: keep the one by which the row was held out.');
  if (split !== null && !splitSchema.safeParse(split).success)
    throw refuse(`the split should be one of ${SPLITS.join(', ')} and is "${split}".`);
  return columns.values.flatMap(({ at, aspect }) => {
    if (text(at) === '') return [];
    const value = parseDecimal(text(at));
    if (value === null) throw refuse(`the prediction should be a number and is "${text(at)}".`);
    const said = optional('aspect');
    const parsed = said === null ? null : aspectSchema.safeParse(said);
    if (parsed?.success === false)
      throw refuse(`the aspect should be one of ${ASPECTS.join(', ')} and is "${said}".`);
    return {
      row: line,
      sample_name: name,
      aspect: aspect ?? parsed?.data ?? defaults.aspect(),
      method: optional('method') ?? defaults.method,
      predicted_mos: value,
      seed: optional('seed'),
      fold,
      split,
      protocol: optional('protocol'),
    };
  });
}
