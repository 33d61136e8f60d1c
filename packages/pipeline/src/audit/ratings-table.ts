import { posix } from 'node:path';
import type { AuditRow } from '@retort/corpus';
import { type ColumnMapping, readRatings } from '@retort/datasets';
import { ASPECTS, FIVE_POINT_SCALE, type MosScale, RetortError } from '@retort/schema';
import { ratingsOnFive } from './ratings-on-five.ts';

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
  /** Images that `find` has found so far. */
  found(): number;
  /** Aspects whose MOS fill so little of the scale that they were perhaps given on another. */
  readonly narrow: readonly string[];
  /** Rows of the table that can't be used, with their reasons. */
  readonly rejected: readonly string[];
}

/** No image of a table has a MOS: nothing could be checked against it. */
export class NoMosError extends RetortError {
  readonly code = 'dataset-column-missing';
  constructor(file: string) {
    super(
      `Expected a MOS of at least one image in ${file}, found none that can be used: say which column holds it, ` +
        'such as --columns mos_quality=score, and the right --scale.',
    );
  }
}

/** Reads a table of ratings into memory: about 200 bytes an image. Throws as `readRatings` does, and NoMosError. */
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
    const onFive = ratingsOnFive({ ratings }, { scale });
    const facts = { name, imagePrompt, generator, generatorSetting, ratings: onFive };
    byName.set(name, facts);
    const fileName = posix.basename(name);
    byFileName.set(fileName, byFileName.has(fileName) ? null : facts);
  }
  if (![...byName.values()].some(({ ratings }) => Object.keys(ratings).length > 0))
    throw new NoMosError(file);
  const found = new Set<RatedFacts>();
  return {
    find: (path) => {
      const name = posix.normalize(path.replaceAll('\\', '/'));
      const facts = byName.get(name) ?? byFileName.get(posix.basename(name)) ?? null;
      if (facts !== null) found.add(facts);
      return facts;
    },
    images: byName.size,
    narrow: narrowAspects([...byName.values()]),
    found: () => found.size,
    rejected,
  };
}

/** Fewer MOS than this say nothing about their scale. */
const MIN_VALUES = 20;
/** Points of the five that people use at least: AGIQA-3K spans 4.5 and 4.3, AIGCIQA2023 about 2.5. Ours, 2026-11-28. */
const MIN_SPAN = 1;

function narrowAspects(rated: readonly RatedFacts[]): readonly string[] {
  return ASPECTS.filter((aspect) => {
    const values = rated.flatMap(({ ratings }) => ratings[aspect] ?? []);
    if (values.length < MIN_VALUES) return false;
    const [least, most] = values.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    return most - least < MIN_SPAN;
  });
}
