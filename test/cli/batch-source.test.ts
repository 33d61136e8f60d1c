import { batchJobSchema } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { pollDelayMs } from '../../packages/cli/src/coordinator/batch-schedule.ts';
import { createBatchSource } from '../../packages/cli/src/coordinator/batch-source.ts';
import type { JobBatch } from '../../packages/cli/src/coordinator/run-jobs.ts';
import { BATCH_MODEL, batchRunBed } from '../pipeline/batch-run-bed.ts';

const NONE: ReadonlySet<string> = new Set();

interface Change {
  readonly wait?: boolean;
  readonly maxBatches?: number;
  readonly maxRows?: number;
  readonly budgetUsd?: number;
}

/** A source for six requests, and a worker that does its jobs against the double. */
async function sourceBed(change: Change = {}) {
  const bed = await batchRunBed();
  const said: string[] = [];
  const start = () =>
    createBatchSource({
      deps: { store: bed.store, now: bed.batchDeps.now },
      runId: bed.run.id,
      plan: bed.run.plan,
      price: bed.batchDeps.priceOf(BATCH_MODEL),
      budgetUsd: change.budgetUsd ?? null,
      batch: {
        limits: { maxRows: change.maxRows ?? 5000, maxBytes: 1e9 },
        maxBatches: change.maxBatches ?? 20,
        pollMs: 30_000,
        wait: change.wait ?? true,
      },
      announce: (line) => said.push(line),
      onState: (state) => said.push(state),
    });
  const idsOf = (batch: JobBatch) => batch.jobs.map(({ data }) => batchJobSchema.parse(data).batchId);
  return {
    ...bed,
    said,
    start,
    idsOf,
    async work(batch: JobBatch): Promise<void> {
      for (const id of idsOf(batch)) await bed.advance(id);
    },
  };
}

const next = (source: ReturnType<typeof createBatchSource>, inFlight = NONE) =>
  source.next(16, inFlight) as JobBatch;

describe('createBatchSource', () => {
  it('hands over in small jobs that hold no rows, and waits longer each time', async () => {
    const { start, work, pass, said, store, run } = await sourceBed();
    const source = start();
    const first = next(source);
    expect(first.jobs).toEqual([{ id: 'batch-1-1', data: { runId: run.id, batchId: 1 } }]);
    expect(next(source, new Set(['batch-1-1'])).jobs).toEqual([]);
    await work(first);
    store.batches.polled(1, 'running', '2026-01-02T03:04:05.000Z');
    const waits = [];
    for (let poll = 0; poll < 3; poll += 1) {
      const { waitMs } = next(source);
      waits.push(waitMs);
      pass(waitMs ?? 0);
      expect(next(source).jobs).toHaveLength(1);
    }
    expect(waits).toEqual([30_000, 45_000, 67_500]);
    expect(said.some((line) => /^batches\/.*: 6 rows handed over$/.test(line))).toBe(true);
    expect(said.some((line) => /^1 batch running, 6 rows; polled \d\d:\d\d; safe to stop/.test(line))).toBe(
      true,
    );
  });

  it('uploads two at a time, up to so many batches at once', async () => {
    const { start, work, idsOf } = await sourceBed({ maxRows: 1, maxBatches: 3 });
    const source = start();
    const first = next(source);
    expect(idsOf(first)).toEqual([1, 2]);
    await work(first);
    const second = next(source);
    expect(idsOf(second)).toEqual([3]);
    await work(second);
    expect(next(source).jobs).toEqual([]);
  });

  it('looks at everything at once when it starts anew, and plans nothing twice', async () => {
    const { start, work, idsOf, said, double } = await sourceBed();
    await work(next(start()));
    const again = start();
    expect(idsOf(next(again))).toEqual([1]);
    expect(said.at(-2)).toMatch(/6 rows, pending, handed over 2026-.* by an earlier start/);
    expect(double.stats().batch_jobs).toBe(1);
  });

  it('comes back when it is not to wait, once everything was looked at', async () => {
    const { start, work } = await sourceBed({ wait: false });
    const source = start();
    const first = next(source);
    expect(first.stop).toBeUndefined();
    await work(first);
    const { stop, jobs } = next(source);
    expect([jobs, stop]).toEqual([
      [],
      expect.objectContaining({ limit: true, reason: expect.stringContaining('--no-wait') }),
    ]);
  });

  it('is finished when every request is, and not before', async () => {
    const { start, work, pass, store } = await sourceBed();
    const source = start();
    let batch = next(source);
    for (let step = 0; step < 100 && !batch.finished; step += 1) {
      await work(batch);
      pass(60_000);
      batch = next(source);
      expect(batch.finished).toBe(store.batches.open('gemini-batch').length === 0);
    }
    expect(batch.finished).toBe(true);
  });

  it('stops for the budget only when nothing is under way that could free some of it', async () => {
    const { start, work, pass, money } = await sourceBed({ budgetUsd: 0.011 }); // two rows at their worst
    const source = start();
    const first = next(source);
    await work(first);
    expect(money().reservedUsd).toBeLessThanOrEqual(0.011);
    expect(next(source).stop).toBeUndefined();
    let batch = first;
    for (let step = 0; step < 100 && batch.stop === undefined && !batch.finished; step += 1) {
      pass(60_000);
      batch = next(source);
      await work(batch);
      expect(money().spentUsd + money().reservedUsd).toBeLessThanOrEqual(0.011);
    }
    expect(money().attempts).toBeGreaterThan(2); // answers cost less than the worst case, so more fitted
  });
});

describe('pollDelayMs', () => {
  it('grows by half, up to twenty times the first wait', () => {
    expect([1, 2, 3, 50].map((polls) => pollDelayMs(polls, 30_000))).toEqual([
      30_000, 45_000, 67_500, 600_000,
    ]);
  });
});
