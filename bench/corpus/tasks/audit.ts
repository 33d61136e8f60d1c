import { audit } from '@retort/corpus';
import { syntheticRows } from '../synthetic/rows.ts';
import { readTextPool } from '../synthetic/text-pool.ts';
import { measure } from './measure.ts';
import { readTask } from './task.ts';

const task = await readTask(process.argv.slice(2));
const pool = await readTextPool(task.pool);

await audit(syntheticRows(pool, task.warmUp), { splitBy: 'image-prompt' });
await measure(
  () => syntheticRows(pool, task.rows),
  async (rows) => {
    await audit(rows, { splitBy: 'image-prompt' });
  },
);
