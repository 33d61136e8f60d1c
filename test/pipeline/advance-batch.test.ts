import type { BatchTeacher } from '@retort/teacher';
import { describe, expect, it, vi } from 'vitest';
import { batchRunBed } from './batch-run-bed.ts';

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
    // Part of it may have been answered, and nobody says that this isn't billed.
    expect(bed.money().reservedUsd).toBeGreaterThan(0);
    expect((await bed.finish(bed.planned().id)).state).toBe('collected');
  });

  it('takes the results of one that finished before its cancellation did', async () => {
    const bed = await batchRunBed({ cancelMs: 80_000_000 });
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
    let asked = 0;
    for (const fault of ['unavailable', 'blocked', 'truncated'] as const) {
      bed.double.faults({ [fault]: 1 });
      const end = bed.plan({ maxRows: 2 });
      await bed.advance(end.kind === 'planned' ? end.id : 0);
      asked += 2;
      // The double answers on its own time; the next rates must not reach these rows.
      await vi.waitUntil(() => bed.double.stats().batch_rows === asked);
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
