import { join } from 'node:path';
import { ratedImages, readDatasetRows, writeJsonLines } from '@retort/pipeline';
import type { Aspect } from '@retort/schema';

/** Lists of a dataset's rated images, as the scorer reads them. */
export interface Lists {
  readonly images: string;
  readonly rows: string;
  readonly aspects: readonly Aspect[];
}

/** Writes the lists of `reader`'s dataset at `path` into `folder`. */
export async function writeLists(reader: string, path: string, folder: string): Promise<Lists> {
  const plan = { reader, path, csv: null, columns: null, scale: null, name: null };
  const { lines, aspects } = await readDatasetRows(plan, 'all');
  const rated = lines.filter(({ mos }) => Object.keys(mos).length > 0);
  if (rated.length === 0) throw new Error(`${path} has no rated image that ${reader} can read.`);
  return {
    images: await writeJsonLines(join(folder, 'images.jsonl'), ratedImages(rated)),
    rows: await writeJsonLines(join(folder, 'rows.jsonl'), rated),
    aspects,
  };
}
