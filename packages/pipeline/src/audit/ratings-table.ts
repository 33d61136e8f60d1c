import { posix } from 'node:path';
import type { AuditRow } from '@retort/corpus';
import { type ColumnMapping, readRatings } from '@retort/datasets';
import { FIVE_POINT_SCALE, type MosScale, toFivePointScale } from '@retort/schema';

/** What a table of ratings says of an image. */
export interface RatedFacts {
  readonly name: string;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  /** MOS on 0–5. */
  readonly ratings: AuditRow['ratings'];
}

export interface RatingsTable {
  /** By the name that the table has, else by the file name where only one image has it; null where none fits. */
  find(path: string): RatedFacts | null;
  readonly images: number;
  /** Rows of the table that can't be used, with their reasons. */
  readonly rejected: readonly string[];
}

/** Reads a table of ratings into memory: about 200 bytes an image. Throws as `readRatings` does. */
export async function readRatingsTable(
  file: string,
  { columns, scale = FIVE_POINT_SCALE }: { readonly columns?: ColumnMapping; readonly scale?: MosScale },
): Promise<RatingsTable> {
  const byName = new Map<string, RatedFacts>();
  // Null: several images have this file name.
  const byFileName = new Map<string, RatedFacts | null>();
  const rejected: string[] = [];
  for await (const row of readRatings(file, { scale, ...(columns === undefined ? {} : { columns }) })) {
    if (row.kind === 'rejected') {
      rejected.push(`${file} line ${row.rejected.row}: ${row.rejected.reason}`);
      continue;
    }
    const { name, imagePrompt, generator, generatorSetting, ratings } = row.rated;
    const onFive = ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, scale)]);
    const facts = { name, imagePrompt, generator, generatorSetting, ratings: Object.fromEntries(onFive) };
    byName.set(name, facts);
    const fileName = posix.basename(name);
    byFileName.set(fileName, byFileName.has(fileName) ? null : facts);
  }
  return {
    find: (path) => {
      const name = posix.normalize(path.replaceAll('\\', '/'));
      return byName.get(name) ?? byFileName.get(posix.basename(name)) ?? null;
    },
    images: byName.size,
    rejected,
  };
}
