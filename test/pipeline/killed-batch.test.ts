import type { BatchTeacher } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { batchRunBed } from './batch-run-bed.ts';

/** What a kill -9 leaves: the step in which it came is never heard of again. */
class Killed extends Error {}

const killed = (): Promise<never> => Promise.reject(new Killed());

/** The steps of a batch, and a teacher under whose call the process dies, before or after the service did its part. */
const KILLS: readonly [when: string, change: (teacher: BatchTeacher) => Partial<BatchTeacher>][] = [
  ['before the upload', () => ({ upload: killed })],
  ['after the upload', ({ upload }) => ({ upload: (...call) => upload(...call).then(killed) })],
  ['before the creation reached the service', () => ({ create: killed })],
  [
    'after the creation, before its name was stored',
    ({ create }) => ({ create: (...call) => create(...call).then(killed) }),
  ],
  ['while it is polled', () => ({ poll: killed })],
  [
    'after its end was seen',
    () => ({ collect: () => ({ [Symbol.asyncIterator]: () => ({ next: killed }) }) }),
  ],
  [
    'in the middle of its results',
    ({ collect }) => ({
      async *collect(...call) {
        let rows = 0;
        for await (const row of collect(...call)) {
          if (rows === 3) throw new Killed();
          rows += 1;
          yield row;
        }
      },
    }),
  ],
  [
    'after its results, before it was closed',
    ({ collect }) => ({
      async *collect(...call) {
        yield* collect(...call);
        throw new Killed();
      },
    }),
  ],
];

describe('a batch that is killed', () => {
  it.each(KILLS)('%s is paid once and loses nothing', async (_when, change) => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    const dying = change(bed.teacher);
    let deaths = 0;
    for (let step = 0; step < 100 && deaths === 0; step += 1) {
      await bed.advance(id, dying).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        deaths += 1;
      });
      if (deaths === 0) bed.pass(10_000);
    }
    expect(deaths).toBe(1);
    expect(await bed.finish(id)).toMatchObject({ state: 'collected', rows: 6 });
    expect(bed.double.stats()).toMatchObject({ batch_jobs: 1, batch_rows: 6, distinct_requests: 6 });
    expect(bed.store.requests.counts(bed.run.id)).toEqual({ pending: 0, answered: 6, 'dead-letter': 0 });
    expect(bed.money()).toMatchObject({ attempts: 6, reservedUsd: 0, unknownCost: 0 });
    expect(bed.money().spentUsd).toBeGreaterThan(0);
  });

  it('waits for the listing before it starts anew what nobody has heard of', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id, { create: killed }).catch(() => undefined);
    bed.pass(10_000);
    await bed.advance(id);
    expect(bed.store.batches.get(id)).toMatchObject({
      state: 'creating',
      notBeforeAt: '2026-01-02T03:04:50.000Z',
    });
    expect(bed.double.stats().batch_jobs).toBe(0);
    bed.pass(35_000);
    await bed.advance(id);
    expect(bed.store.batches.get(id)?.state).toBe('running');
    expect(bed.double.stats().batch_jobs).toBe(1);
  });

  it('is looked for, not started again, when the answer to its creation was lost on the way', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut({ call: /:batchGenerateContent/, what: 'answer' });
    expect(await bed.advance(id)).toEqual({ kind: 'done' });
    expect(bed.store.batches.get(id)).toMatchObject({ state: 'creating', failures: 1 });
    bed.double.cut(null);
    await bed.finish(id);
    expect(bed.double.stats()).toMatchObject({ batch_jobs: 1, batch_rows: 6 });
  });

  it('goes on with results that broke off, and stores no row twice', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    bed.pass(60_000);
    bed.double.cut({ call: /:download/, what: 'body' });
    while (bed.store.batches.get(id)?.state !== 'ended') await bed.advance(id);
    expect(bed.money().attempts).toBeGreaterThan(0);
    expect(bed.money().attempts).toBeLessThan(6);
    bed.double.cut(null);
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.money().attempts).toBe(6);
  });
});
