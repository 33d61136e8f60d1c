import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { errorCodeOf } from '@retort/schema';
import { CorpusUsageError } from '../errors.ts';
import { isObject } from './decode-row.ts';
import type { CorpusFormat } from './format.ts';
import { sniffJson } from './json-container.ts';
import { DATASET_INFO_FILE } from './llamafactory-info.ts';
import { readJsonValues } from './read-json-values.ts';
import { findFormat } from './registry.ts';

/** What a path was recognised as. */
export interface FoundFormat {
  readonly format: CorpusFormat;
  /** Its data files, in the order in which they are read. */
  readonly files: readonly string[];
  /** What a person should know of how the file is made, such as a list in a `.jsonl`. */
  readonly notes: readonly string[];
}

/** Values that are looked at before a file of JSON is given up on. */
const VALUES_LOOKED_AT = 20;

/**
 * Recognises a file, or a folder with one format's files in it, by name and first row.
 *
 * @throws CorpusUsageError for what is none of our formats
 */
export async function findFormatOf(path: string): Promise<FoundFormat> {
  if (await isFolder(path)) return findFormatOfFolder(path);
  const extension = extname(path).toLowerCase();
  const found = (name: string): FoundFormat => ({ format: findFormat(name), files: [path], notes: [] });
  if (basename(path) === DATASET_INFO_FILE) return found('llamafactory');
  if (extension === '.parquet') return found('parquet');
  if (extension === '.tar') return found('webdataset');
  if (extension === '.json' || extension === '.jsonl') return findFormatOfJson(path, extension);
  throw new CorpusUsageError(
    `Expected ${path} to end in .json, .jsonl, .parquet or .tar: a corpus of none of our formats.`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
    throw new CorpusUsageError(`Expected a corpus at ${path}, found nothing there.`);
  }
}

async function findFormatOfFolder(dir: string): Promise<FoundFormat> {
  const names = (await readdir(dir)).sort();
  if (names.includes(DATASET_INFO_FILE)) return findFormatOf(join(dir, DATASET_INFO_FILE));
  const candidates = names.filter((name) => /\.(?:jsonl?|parquet|tar)$/i.test(name));
  const kinds = new Set(candidates.map((name) => extname(name).toLowerCase()));
  const [first] = candidates;
  if (first === undefined || kinds.size > 1) {
    const what = first === undefined ? 'none' : `several kinds (${[...kinds].join(', ')})`;
    throw new CorpusUsageError(
      `Expected files of one format in ${dir}, found ${what}: name the file that is meant.`,
    );
  }
  const each = await Promise.all(candidates.map((name) => findFormatOf(join(dir, name))));
  const formats = new Set(each.map(({ format }) => format));
  const [format] = formats;
  if (format === undefined || formats.size > 1) {
    throw new CorpusUsageError(
      `Expected files of one format in ${dir}, found ${[...formats].map(({ name }) => name).join(' and ')}: name the file that is meant.`,
    );
  }
  return { format, files: each.flatMap(({ files }) => files), notes: each.flatMap(({ notes }) => notes) };
}

async function findFormatOfJson(path: string, extension: string): Promise<FoundFormat> {
  const { container } = await sniffJson(path);
  const name = await nameByFirstRow(path, extension === '.json' && container === 'list');
  if (name === null) {
    throw new CorpusUsageError(
      `Expected rows with “conversations” or “messages” in ${path}, found none: rows of another form aren’t read.`,
    );
  }
  const notes: string[] = [];
  if (extension === '.jsonl' && container === 'list')
    notes.push(`${basename(path)} holds a JSON list, although its name says JSON lines.`);
  if (extension === '.json' && container === 'lines')
    notes.push(`${basename(path)} holds JSON lines, although its name says one JSON value.`);
  return { format: findFormat(name), files: [path], notes };
}

async function nameByFirstRow(path: string, isListFile: boolean): Promise<string | null> {
  let looked = 0;
  for await (const item of readJsonValues(path)) {
    const name = item.kind === 'value' ? nameByKeys(item.value, isListFile) : null;
    if (name !== null) return name;
    looked += 1;
    if (looked >= VALUES_LOOKED_AT) return null;
  }
  return null;
}

/**
 * `conversations` with role and content is MiniCPM-V's; with from and value, or with `images`, it is sharegpt. `messages` are
 * ms-swift's in JSON lines, LLaMA-Factory's in one list.
 */
function nameByKeys(row: unknown, isListFile: boolean): string | null {
  if (!isObject(row)) return null;
  if (Array.isArray(row.messages)) return isListFile ? 'llamafactory' : 'ms-swift';
  if (!Array.isArray(row.conversations)) return null;
  const first: unknown = row.conversations[0];
  return 'images' in row || (isObject(first) && 'from' in first) ? 'llamafactory' : 'minicpm-v';
}
