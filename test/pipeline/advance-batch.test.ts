import { readdirSync } from 'node:fs';
import { advanceBatch } from '@retort/pipeline';
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
    for (let step = 0; step < 5 && deaths === 0; step += 1) {
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

describe('a batch that ends without results', () => {
  it('frees its rows and their money when it expired, and a new one answers them', async () => {
    const bed = await batchRunBed({ batchExpiryMs: 1000 });
    const { id } = bed.planned();
    expect(bed.money().reservedUsd).toBeGreaterThan(0);
    await bed.advance(id);
    bed.pass(5000);
    expect(await bed.advance(id)).toEqual({ kind: 'done' });
    expect(bed.store.batches.get(id)?.state).toBe('expired');
    expect(bed.money()).toMatchObject({ attempts: 0, spentUsd: 0, reservedUsd: 0 });
    const again = bed.planned();
    expect(bed.store.batches.rows(again.id, 0, 10).map(({ number }) => number)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('stops the run when it was cancelled: nobody asks again unasked', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    const { name } = bed.store.batches.get(id) ?? {};
    await bed.teacher.cancel(name ?? '', new AbortController().signal);
    bed.pass(1000);
    const end = await bed.advance(id);
    expect(end).toMatchObject({
      kind: 'stop',
      limit: true,
      reason: expect.stringMatching(/was cancelled; its 6 rows/),
    });
    expect(bed.money()).toMatchObject({ attempts: 0, reservedUsd: 0 });
    expect((await bed.finish(bed.planned().id)).state).toBe('collected');
  });

  it('takes the results of one that finished before its cancellation did', async () => {
    const bed = await batchRunBed({ cancelMs: 50_000 });
    const { id } = bed.planned();
    await bed.advance(id);
    await bed.teacher.cancel(bed.store.batches.get(id)?.name ?? '', new AbortController().signal);
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.store.requests.counts(bed.run.id).answered).toBe(6);
  });

  it('is tried again when it failed, and after three in a row says so and stops', async () => {
    const bed = await batchRunBed({ batchFailRate: 1 });
    const ends = [];
    for (let batch = 0; batch < 3; batch += 1) {
      const { id } = bed.planned();
      await bed.advance(id);
      bed.pass(60_000);
      let end = await bed.advance(id);
      while (bed.store.batches.get(id)?.finishedAt === null) end = await bed.advance(id);
      ends.push(end);
    }
    expect(ends.map(({ kind }) => kind)).toEqual(['done', 'done', 'stop']);
    expect(ends[2]).toMatchObject({
      limit: false,
      reason: expect.stringMatching(/failed as a whole \(.*INTERNAL/),
    });
    expect(bed.money()).toMatchObject({ attempts: 0, spentUsd: 0, reservedUsd: 0 });
  });
});

describe('rows of a batch', () => {
  it('that failed one by one are decided by the table of outcomes', async () => {
    const bed = await batchRunBed();
    for (const fault of ['unavailable', 'blocked', 'truncated'] as const) {
      bed.double.faults({ [fault]: 1 });
      const end = bed.plan({ maxRows: 2 });
      await bed.advance(end.kind === 'planned' ? end.id : 0);
    }
    bed.double.faults({});
    for (const { id } of bed.store.batches.open('gemini-batch')) await bed.finish(id);
    expect(bed.store.requests.counts(bed.run.id)).toEqual({ pending: 4, answered: 0, 'dead-letter': 2 });
    expect(bed.store.requests.deadLetters(bed.run.id, 9).map(({ outcome }) => outcome)).toEqual([
      'blocked',
      'blocked',
    ]);
    // Retries wait as they do online, and a truncated one gets twice the tokens.
    bed.pass(120_000);
    const again = bed.planned();
    const limits = bed.store.batches.rows(again.id, 0, 10).map(({ maxOutputTokens }) => maxOutputTokens);
    expect(limits.sort()).toEqual([2048, 2048, 4096, 4096]);
    expect((await bed.finish(again.id)).state).toBe('collected');
    expect(bed.store.requests.counts(bed.run.id)).toEqual({ pending: 0, answered: 4, 'dead-letter': 2 });
  });

  it('that the results leave out are asked again and not billed', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    const { collect } = bed.teacher;
    await bed.advance(id);
    bed.pass(60_000);
    const leaveOut: Partial<BatchTeacher> = {
      async *collect(...call) {
        let rows = 0;
        for await (const row of collect(...call)) {
          rows += 1;
          if (rows > 2) yield row;
        }
      },
    };
    while (bed.store.batches.get(id)?.finishedAt === null) await bed.advance(id, leaveOut);
    expect(bed.store.attempts.outcomeCounts(bed.run.id)).toEqual([
      { outcome: 'answered', n: 4 },
      { outcome: 'unavailable', n: 2 },
    ]);
    expect(bed.money().reservedUsd).toBe(0);
  });

  it('of another run are collected for it, and never started', async () => {
    const bed = await batchRunBed();
    const first = bed.planned();
    expect(await bed.advance(first.id, {}, 'another run')).toEqual({ kind: 'done' });
    expect(bed.store.batches.get(first.id)?.state).toBe('failed');
    expect(bed.double.stats().batch_jobs).toBe(0);
    const second = bed.planned();
    await bed.advance(second.id);
    bed.pass(60_000);
    while (bed.store.batches.get(second.id)?.finishedAt === null)
      await bed.advance(second.id, {}, 'another run');
    expect(bed.money().attempts).toBe(6);
  });
});

describe('calls about a batch that fail', () => {
  const refuse = (call: RegExp, status: number, message: string) => ({
    call,
    what: 'request' as const,
    reply: { status, body: JSON.stringify({ error: { code: status, message } }) },
  });

  it('wait as long as the service says, and go on', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut(refuse(/:batchGenerateContent/, 429, 'At most 100 batches.'));
    expect(await bed.advance(id)).toEqual({ kind: 'done' });
    expect(bed.store.batches.get(id)).toMatchObject({
      state: 'uploaded',
      notBeforeAt: '2026-01-02T03:05:05.000Z',
    });
    bed.double.cut(null);
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.double.asked.filter((call) => call.startsWith('POST /upload'))).toHaveLength(2); // start and one piece
  });

  it.each([
    [403, 'denied', 'key'],
    [404, 'no-such-model', 'no model'],
    [400, 'invalid', 'no batches here'],
  ])('with %i before it was started stop the run and free its rows', async (status, outcome, message) => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut(refuse(/:batchGenerateContent/, status, message));
    const end = await bed.advance(id);
    expect(end).toMatchObject({ kind: 'stop', limit: false });
    expect(JSON.stringify(end)).toContain(
      `a batch of 6 rows can't be started: ${outcome}: ${status}: ${message}`,
    );
    expect(bed.store.batches.get(id)?.state).toBe('failed');
    expect(bed.money().reservedUsd).toBe(0);
  });

  it('because the service does not know it stop the run, and pay for nothing twice', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    bed.double.cut(refuse(/GET .*batches\//, 404, 'Not found.'));
    const end = await bed.advance(id);
    expect(end).toMatchObject({
      kind: 'stop',
      limit: false,
      reason: expect.stringMatching(/batches --forget batches\//),
    });
    expect(bed.store.batches.get(id)?.state).toBe('running');
    expect(bed.plan()).toEqual({ kind: 'nothing' });
  });

  it('because the network is down are patient with a batch that runs, and not with one that does not', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut({ call: /./, what: 'request' });
    const ends = [];
    for (let call = 0; call < 6; call += 1) ends.push((await bed.advance(id)).kind);
    expect(ends).toEqual(['done', 'done', 'done', 'done', 'done', 'stop']);
    bed.double.cut(null);
    await bed.advance(id);
    bed.double.cut({ call: /./, what: 'request' });
    for (let call = 0; call < 20; call += 1) expect((await bed.advance(id)).kind).toBe('done');
    bed.pass(3 * 3600 * 1000);
    expect(await bed.advance(id)).toMatchObject({ kind: 'stop', reason: expect.stringContaining('network') });
  });

  it('leave no file of lines behind, and what was uploaded is uploaded again', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut({ call: /upload/, what: 'request' });
    await bed.advance(id);
    expect(readdirSync(bed.batchDeps.temporaryDir)).toEqual([]);
    expect(bed.store.batches.get(id)?.state).toBe('planned');
    bed.double.cut(null);
    expect((await bed.finish(id)).state).toBe('collected');
  });

  it('stop when the worker is asked to, and keep what came', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    bed.pass(60_000);
    const stop = new AbortController();
    const { collect } = bed.teacher;
    const stopping: BatchTeacher = {
      ...bed.teacher,
      async *collect(...call) {
        for await (const row of collect(...call)) {
          stop.abort();
          yield row;
        }
      },
    };
    const advance = () =>
      advanceBatch({ ...bed.batchDeps, teacher: stopping }, { runId: bed.run.id, batchId: id }, stop.signal);
    while (!stop.signal.aborted) expect(['done', 'interrupted']).toContain((await advance()).kind);
    expect(bed.money().attempts).toBe(1);
    expect(await advance()).toEqual({ kind: 'interrupted' });
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.money().attempts).toBe(6);
  });
});
