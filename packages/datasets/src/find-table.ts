import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCodeOf } from '@retort/schema';
import { DatasetUnreadableError } from './errors.ts';
import type { ReaderOptions } from './reader.ts';

/** Where a dataset's table is and where the names in it start; both absolute. */
export interface TablePlace {
  readonly file: string;
  readonly imageFolder: string;
}

/** The table's usual name, looked for before any other. */
const USUAL_NAME = 'data.csv';

/**
 * Finds the table: the one that was named, else `path` itself when it is a file, else `data.csv` in it, else the only
 * CSV in it.
 *
 * @throws DatasetUnreadableError there is no such folder, no CSV in it, or several
 */
export async function findTable({
  path: place,
  csv,
}: Pick<ReaderOptions, 'path' | 'csv'>): Promise<TablePlace> {
  if (csv !== undefined) return { file: csv, imageFolder: place };
  if (await isFile(place)) return { file: place, imageFolder: path.dirname(place) };
  const tables = (await listFolder(place)).filter((name) => name.toLowerCase().endsWith('.csv')).sort();
  const [only, ...others] = tables;
  if (only === undefined) {
    const message = `${place} has no table: looked for ${USUAL_NAME} or another CSV. Name it with --csv FILE.`;
    throw new DatasetUnreadableError(place, message);
  }
  if (tables.includes(USUAL_NAME)) return { file: path.join(place, USUAL_NAME), imageFolder: place };
  if (others.length > 0) {
    const message = `${place} has several tables (${tables.join(', ')}): say which one with --csv FILE.`;
    throw new DatasetUnreadableError(place, message);
  }
  return { file: path.join(place, only), imageFolder: place };
}

async function isFile(place: string): Promise<boolean> {
  return stat(place).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = errorCodeOf(cause);
    const message =
      code === 'ENOENT'
        ? `The dataset's folder ${folder} isn't there: check the path.`
        : `The dataset's folder ${folder} can't be read by this user (${code}): change its permissions.`;
    throw new DatasetUnreadableError(folder, message, { cause });
  }
}
