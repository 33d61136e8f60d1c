import { AUDIT_CHECKS, type AuditRow, auditRowOf } from '@retort/corpus';
import { IMAGES_PER_COPY, syntheticFingerprint } from '../synthetic/fingerprints.ts';
import { imagesOf, syntheticRows } from '../synthetic/rows.ts';
import { readTextPool } from '../synthetic/text-pool.ts';
import { measure } from './measure.ts';
import { readTask } from './task.ts';

const task = await readTask(process.argv.slice(2));
const pool = await readTextPool(task.pool);
const check = AUDIT_CHECKS.find(({ code }) => code === 'near-duplicate');
if (check === undefined) throw new Error('no check near-duplicate');

function* auditRows(count: number): Generator<AuditRow> {
  for (const row of syntheticRows(pool, count)) {
    yield auditRowOf(row, {}, syntheticFingerprint(Number.parseInt(row.sampleName, 10)));
  }
}

/** The audit's own check and nothing else. @returns rows listed */
function search(rows: Iterable<AuditRow>): number {
  const run = check?.start({ splitBy: null, tokenCounter: null, maxTokens: null, detectLanguage: null });
  let position = 0;
  for (const row of rows) {
    run?.see({ position, row, image: null });
    position += 1;
  }
  return (run?.finish() ?? []).reduce((sum, { rowCount }) => sum + rowCount, 0);
}

search(auditRows(task.warmUp));
let listed = 0;
await measure(
  () => auditRows(task.rows),
  async (rows) => {
    listed = search(rows);
  },
);
// Each planted copy has a row an aspect; another's picture by chance can't be.
const planted = Math.floor(imagesOf(pool, task.rows) / IMAGES_PER_COPY) * pool.aspects.length;
if (listed !== planted) throw new Error(`${listed} rows listed, ${planted} planted`);
