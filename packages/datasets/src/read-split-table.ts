import type { Split } from '@retort/schema';
import { DatasetUnreadableError, MissingColumnError } from './errors.ts';
import { readRatings } from './read-ratings.ts';

/**
 * The published side of images by name, from a CSV with the columns `name` and `split`; an empty split is none.
 *
 * @throws DatasetUnreadableError it can't be read, or a row of it can't be used; MissingColumnError
 */
export async function readSplitTable(file: string): Promise<ReadonlyMap<string, Split>> {
  const splits = new Map<string, Split>();
  for await (const row of readRatings(file)) {
    if (row.kind === 'rejected') {
      const { row: line, name, reason } = row.rejected;
      throw new DatasetUnreadableError(file, `${file}, line ${line} (${name ?? 'no name'}): ${reason}`);
    }
    if (row.rated.publishedSplit !== null) splits.set(row.rated.name, row.rated.publishedSplit);
  }
  if (splits.size === 0) throw new MissingColumnError(file, 'split', ['split'], ['no split of any image']);
  return splits;
}
