import { type AuditRow, audit, auditRowOf, FINDING_ROWS_MAX } from '@retort/corpus';
import { keepHeapSmall } from '../../../packages/cli/src/keep-heap-small.ts';
import { syntheticRows } from '../synthetic/rows.ts';
import { readTextPool } from '../synthetic/text-pool.ts';
import { measure } from './measure.ts';
import { readTask } from './task.ts';

keepHeapSmall(); // as distill does
const task = await readTask(process.argv.slice(2));
const pool = await readTextPool(task.pool);

function* auditRows(count: number): Generator<AuditRow> {
  for (const row of syntheticRows(pool, count)) yield auditRowOf(row);
}

await audit(auditRows(task.warmUp), { splitBy: 'image-prompt' });
await measure(
  () => auditRows(task.rows),
  async (rows) => {
    await audit(rows, { splitBy: 'image-prompt' }, { maxRows: FINDING_ROWS_MAX });
  },
);
