import { type AuditRow, audit } from '@retort/corpus';
import { createRandom } from '../../packages/corpus/src/compare/random.ts';
import { CORPUS_KINDS, shuffledMos } from './corpus-kinds.ts';

/** What became of corpora with one fault in each as a whole. */
export interface MeasuredCorpora {
  readonly code: string;
  readonly kind: string;
  readonly corpora: number;
  /** Corpora with a warning of this code that lists the rows it should, and no others. */
  readonly found: number;
}

/** Plants each kind of fault of a whole corpus once a seed. */
export async function measureCorpora(
  rows: readonly AuditRow[],
  seeds: readonly number[],
): Promise<readonly MeasuredCorpora[]> {
  const measured: MeasuredCorpora[] = [];
  for (const [code, kinds] of Object.entries(CORPUS_KINDS)) {
    for (const [kind, plant] of Object.entries(kinds)) {
      let found = 0;
      for (const seed of seeds) {
        const planted = plant(rows, createRandom(seed));
        const listed = (await warningsOf(planted.rows)).get(code);
        if (listed !== undefined && equal(listed, planted.expected)) found += 1;
      }
      measured.push({ code, kind, corpora: seeds.length, found });
    }
  }
  return measured;
}

/** How often each code warned of corpora in which nothing says the MOS of a quality row; once a seed. */
export async function countFalseWarnings(
  rows: readonly AuditRow[],
  seeds: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(Object.keys(CORPUS_KINDS).map((code) => [code, 0]));
  for (const seed of seeds) {
    const warnings = await warningsOf(shuffledMos(rows, createRandom(seed)));
    for (const [code, count] of counts) if (warnings.has(code)) counts.set(code, count + 1);
  }
  return counts;
}

/** Rows of the warnings about quality rows and about images, by code. */
async function warningsOf(rows: readonly AuditRow[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const warnings = new Map<string, ReadonlySet<string>>();
  const both = await audit(rows, { splitBy: 'image-prompt' });
  for (const finding of both.findings)
    if (finding.code === 'conversation-missing') warnings.set(finding.code, new Set(finding.rows));
  const quality = rows.filter(({ aspect }) => aspect === 'quality');
  for (const { code, severity, rows: listed } of (await audit(quality, { splitBy: 'image-prompt' })).findings)
    if (severity === 'warning') warnings.set(code, new Set(listed));
  return warnings;
}

function equal(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
