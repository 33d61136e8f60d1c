import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type CorpusRow, SPLITS, type Split } from '@retort/schema';
import { CorpusUsageError } from '../errors.ts';
import type { CorpusFormat } from '../formats/format.ts';
import type { ReadItem, ReadTurn } from '../formats/read-row.ts';
import { CORPUS_FORMATS } from '../formats/registry.ts';
import { splitBytesByLine } from '../formats/split-bytes-by-line.ts';
import { ROWS_FILE } from './export-files.ts';
import { type ExportedRow, exportedRowSchema } from './exported-row.ts';

/** A row of an exported corpus: all that is known of it, with the turns that stand in a format's file. */
export interface ReadExportedRow extends Omit<CorpusRow, 'turns'> {
  readonly turns: readonly ReadTurn[];
}

export type ExportedItem =
  | {
      readonly kind: 'row';
      readonly row: ReadExportedRow;
      /** Absolute; null where the format carries the bytes. */
      readonly imagePath: string | null;
      readonly imageBytes: Uint8Array | null;
    }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string };

/** Formats whose rows say which they are; ms-swift's don't, so it is read only where it is alone. */
const ORDER = ['minicpm-v', 'llamafactory', 'ms-swift', 'webdataset', 'parquet'];

/** True for a folder that an export wrote, whole or not. */
export function isExport(dir: string): boolean {
  return existsSync(join(dir, ROWS_FILE));
}

/**
 * The rows of an exported corpus in its order, one at a time: rows.jsonl beside the turns of one of its formats.
 *
 * @param dir the corpus folder
 * @throws CorpusUsageError when it isn't one, or holds no format
 */
export async function* readExportedRows(dir: string): AsyncGenerator<ExportedItem> {
  if (!isExport(dir)) {
    throw new CorpusUsageError(
      `Expected ${dir} to be an exported corpus, found no ${ROWS_FILE} in it: export it again.`,
    );
  }
  const format = ORDER.map((name) => CORPUS_FORMATS.find((known) => known.name === name)).find(
    (known) => known !== undefined && existsSync(join(dir, known.name)),
  );
  if (format === undefined)
    throw new CorpusUsageError(`Expected a format’s folder in ${dir}, found none: export it again.`);
  const readers = new Map<Split, AsyncIterator<ReadItem>>();
  const readerOf = async (split: Split) => {
    const reader = readers.get(split) ?? (await openSplit(dir, format, split));
    readers.set(split, reader);
    return reader;
  };
  let line = 0;
  for await (const bytes of splitBytesByLine(createReadStream(join(dir, ROWS_FILE)))) {
    line += 1;
    const known = parseLine(bytes.toString('utf8'));
    if (known === null) {
      const reason = `expected a row’s JSON, found something else: what comes after can’t be told from other rows`;
      yield { kind: 'unreadable', place: `${ROWS_FILE} line ${line}`, reason };
      return;
    }
    const next = await (await readerOf(known.split)).next();
    yield putTogether(dir, known, next.done === true ? null : next.value);
  }
  for (const split of SPLITS) yield* unknownRows(await readerOf(split));
}

/** What comes after the last row that rows.jsonl knows. */
async function* unknownRows(reader: AsyncIterator<ReadItem>): AsyncGenerator<ExportedItem> {
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
    const item = next.value;
    const reason = `stands in no line of ${ROWS_FILE}: it was added after the export`;
    yield item.kind === 'unreadable' ? item : { kind: 'unreadable', place: item.row.place, reason };
  }
}

function parseLine(text: string): ExportedRow | null {
  try {
    return exportedRowSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    // The caller tells where it is.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function openSplit(dir: string, format: CorpusFormat, split: Split): Promise<AsyncIterator<ReadItem>> {
  const [before = '', after = ''] = format.fileGlob(split).split('*');
  const names = (await readdir(join(dir, format.name))).sort();
  const files = names.filter((name) => name.startsWith(before) && name.endsWith(after));
  return format.read(files.map((name) => join(dir, format.name, name)))[Symbol.asyncIterator]();
}

/** Puts a row's two halves together. */
function putTogether(dir: string, known: ExportedRow, item: ReadItem | null): ExportedItem {
  if (item === null)
    return { kind: 'unreadable', place: known.id, reason: 'stands in rows.jsonl and in no data file' };
  if (item.kind === 'unreadable') return item;
  const { id, place, turns, imageBytes } = item.row;
  if (id !== null && id !== known.id)
    return { kind: 'unreadable', place, reason: `expected the row ${known.id}, found ${id}` };
  const imagePath = known.image === null || isAbsolute(known.image) ? known.image : join(dir, known.image);
  return { kind: 'row', row: { ...rowOf(known), turns }, imagePath, imageBytes: imageBytes?.[0] ?? null };
}

function rowOf(known: ExportedRow): Omit<ReadExportedRow, 'turns'> {
  return {
    sampleName: known.sample,
    dataset: known.dataset,
    aspect: known.aspect,
    split: known.split,
    imagePrompt: known.image_prompt,
    generator: known.generator,
    generatorSetting: known.generator_setting,
    imageHash: known.image_hash,
    blobHash: known.blob_hash,
    width: known.width,
    height: known.height,
    mos: known.mos,
    wordLabel: known.word_label,
    sawLabel: known.saw_label,
    promptId: known.prompt_id,
    teacher: known.teacher,
    model: known.model,
    requestKey: known.request_key,
    ...(known.review === undefined ? {} : { review: known.review }),
  };
}
