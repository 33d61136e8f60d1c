import { type AuditRow, audit } from '@retort/corpus';
import { createRandom } from '../../packages/corpus/src/compare/random.ts';
import { PLANTS, type Plant } from './plants.ts';

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

/** Plants defects of every kind of a code into `rows`, audits them and compares. Equal seeds plant equal rows. */
export async function measureCode(
  rows: readonly AuditRow[],
  code: string,
  rate: number,
  seed: number,
): Promise<Measured> {
  const random = createRandom(seed);
  const before = await listedRows(rows, code);
  const kinds = Object.entries(PLANTS[code] ?? {});
  const planted = new Map<number, string>();
  const changed = [...rows];
  const wanted = Math.max(kinds.length, Math.round(rate * rows.length));
  for (let tries = 0; planted.size < wanted && tries < 200 * wanted; tries += 1) {
    const [kind, plant] = kinds[planted.size % kinds.length] ?? ['', (): null => null];
    const index = Math.floor(random() * rows.length);
    const row = plantAt(rows, index, plant, random);
    if (planted.has(index) || row === null || before.has(rows[index]?.id ?? '')) continue;
    changed[index] = row;
    planted.set(index, kind);
  }
  const found = await listedRows(changed, code);
  const missed: Record<string, number> = {};
  let hits = 0;
  for (const [index, kind] of planted) {
    if (found.has(rows[index]?.id ?? '')) hits += 1;
    else missed[kind] = (missed[kind] ?? 0) + 1;
  }
  const plantedIds = new Set([...planted.keys()].map((index) => rows[index]?.id));
  const wrong = [...found].filter((id) => !plantedIds.has(id) && !before.has(id)).length;
  return { code, rate, planted: planted.size, found: hits, wrong, missed };
}

function plantAt(
  rows: readonly AuditRow[],
  index: number,
  plant: Plant,
  random: () => number,
): AuditRow | null {
  const row = rows[index];
  const other = rows[Math.floor(random() * rows.length)];
  return row === undefined || other === undefined ? null : plant(row, { random, other });
}

async function listedRows(rows: readonly AuditRow[], code: string): Promise<ReadonlySet<string>> {
  const { findings } = await audit(rows, { splitBy: 'image-prompt' });
  return new Set(findings.filter((finding) => finding.code === code).flatMap((finding) => finding.rows));
}
