import { type AuditContext, type AuditRow, audit } from '@retort/corpus';
import { createRandom } from '../../packages/corpus/src/compare/random.ts';
import type { ImageCopies } from './image-copies.ts';
import { PLANTS } from './plants.ts';

/** Shares of the rows into which defects are planted. */
export const RATES = [0.002, 0.02, 0.1] as const;

/** What was found of the defects of one code at one rate. */
export interface Measured {
  readonly code: string;
  readonly rate: number;
  readonly planted: number;
  readonly found: number;
  /** Rows listed under the code that were neither planted nor listed before. */
  readonly wrong: number;
  /** Planted rows that weren't found, by kind. */
  readonly missed: Readonly<Record<string, number>>;
}

/** The clean rows, and what is known of them. */
export interface MeasureBed {
  readonly rows: readonly AuditRow[];
  readonly context: Partial<AuditContext>;
  /** Rows that the clean corpus lists, by code. */
  readonly before: ListedRows;
  readonly copies: ImageCopies;
}

type ListedRows = ReadonlyMap<string, ReadonlySet<string>>;

/** Audits the clean rows. */
export async function openMeasureBed(bed: Omit<MeasureBed, 'before'>): Promise<MeasureBed> {
  return { ...bed, before: await listedRows(bed.rows, bed.context) };
}

/** Plants defects of every kind of a code, audits them and compares. Equal seeds plant equal rows. */
export async function measureCode(
  { rows, context, before, copies }: MeasureBed,
  code: string,
  rate: number,
  seed: number,
): Promise<Measured> {
  const random = createRandom(seed);
  const listed = before.get(code);
  const kinds = Object.entries(PLANTS[code] ?? {});
  const planted = new Map<number, string>();
  const changed = [...rows];
  const wanted = Math.max(kinds.length, Math.round(rate * rows.length));
  for (let tries = 0; planted.size < wanted && tries < 200 * wanted; tries += 1) {
    const [kind, plant] = kinds[planted.size % kinds.length] ?? ['', (): null => null];
    const index = Math.floor(random() * rows.length);
    const other = rows[Math.floor(random() * rows.length)];
    const row = rows[index];
    if (row === undefined || other === undefined || planted.has(index) || listed?.has(row.id)) continue;
    const defect = await plant(row, { random, other, copies });
    if (defect === null) continue;
    changed[index] = defect;
    planted.set(index, kind);
  }
  const found = (await listedRows(changed, context)).get(code) ?? new Set();
  const missed: Record<string, number> = {};
  let hits = 0;
  for (const [index, kind] of planted) {
    if (found.has(rows[index]?.id ?? '')) hits += 1;
    else missed[kind] = (missed[kind] ?? 0) + 1;
  }
  const plantedIds = new Set([...planted.keys()].map((index) => rows[index]?.id));
  const wrong = [...found].filter((id) => !plantedIds.has(id) && !listed?.has(id)).length;
  return { code, rate, planted: planted.size, found: hits, wrong, missed };
}

async function listedRows(rows: readonly AuditRow[], context: Partial<AuditContext>): Promise<ListedRows> {
  const listed = new Map<string, Set<string>>();
  for (const { code, rows: ids } of (await audit(rows, context)).findings)
    listed.set(code, new Set([...(listed.get(code) ?? []), ...ids]));
  return listed;
}
