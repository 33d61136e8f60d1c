import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { queueName, queuePrefix, socketPathFor } from '@retort/queue';
import { STAGES } from '@retort/schema';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { until } from './processes.ts';
import { startDistill, testFolder } from './run-distill.ts';

it('does its work in jobs: as many are completed as images were prepared and requests made', async () => {
  const home = await testFolder();
  const running = startDistill(['--home', home, '--limit', '60', '--until', 'export']);
  const path = socketPathFor(join(home, 'queue'));
  await until(() => existsSync(path), 'the queue server listens');
  const counting = countCompleted(path, queuePrefix(home));
  expect((await running.finished).code).toBe(0);
  const completed = await counting;
  const db = new Database(join(home, 'retort.sqlite'), { readonly: true });
  const attempts = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM attempts').get()?.n;
  db.close();
  expect(attempts).toBe(120);
  expect(completed).toEqual({
    import: 1,
    prepare: 60,
    teach: attempts,
    audit: 1,
    export: 1,
  });
});

/** Completed jobs by stage, read from BullMQ's own event streams until the server ends. */
async function countCompleted(path: string, prefix: string): Promise<Record<string, number>> {
  const client = new Redis({ path, retryStrategy: () => null });
  const lastIds = new Map(STAGES.map((stage) => [`${prefix}:${queueName(stage)}:events`, '0']));
  const completed: Record<string, number> = {};
  for (;;) {
    // It rejects when the server ends, and the counting with it.
    const reply = await client
      .xread('BLOCK', 0, 'STREAMS', ...lastIds.keys(), ...lastIds.values())
      .catch(() => null);
    if (reply === null) return completed;
    for (const [stream, entries] of reply) {
      const stage = stream.split(':').at(-2) ?? '';
      for (const [id, fields] of entries) {
        lastIds.set(stream, id);
        if (fields[fields.indexOf('event') + 1] === 'completed')
          completed[stage] = (completed[stage] ?? 0) + 1;
      }
    }
  }
}
