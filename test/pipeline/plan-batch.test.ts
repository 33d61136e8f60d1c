import { planBatch, takeBackBatches } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { BATCH_MODEL, batchRunBed, PLAN } from './batch-run-bed.ts';

describe('planBatch', () => {
  it('reserves every row at the price of batches before anything is sent', async () => {
    const bed = await batchRunBed();
    expect(bed.plan()).toEqual({ kind: 'planned', id: 1, rows: 6 });
    const rows = bed.store.batches.rows(1, 0, 10);
    const worst = rows.reduce((sum, { worstCaseUsd }) => sum + (worstCaseUsd ?? 0), 0);
    expect(bed.money().reservedUsd).toBeCloseTo(worst, 12);
    // 2,048 tokens out at half of $3.75 a million, and the picture.
    expect(worst).toBeGreaterThan(6 * 2048 * 1.875e-6);
    expect(worst).toBeLessThan(6 * 2048 * 3.75e-6);
    expect(bed.double.asked).toEqual([]);
    expect(bed.plan()).toEqual({ kind: 'nothing' });
  });

  it('keeps to the limits of rows and bytes, and takes at least one', async () => {
    const bed = await batchRunBed();
    expect(bed.plan({ maxRows: 2 })).toMatchObject({ rows: 2 });
    expect(bed.plan({ maxBytes: 1 })).toMatchObject({ rows: 1 });
    const [image] = bed.store.batches.batchable(bed.run.id, '9999', 1);
    const two = 2 * (Math.ceil((image?.blobBytes ?? 0) / 3) * 4) * 1.3;
    expect(bed.plan({ maxBytes: two })).toMatchObject({ rows: expect.any(Number) });
    expect(
      bed.store.batches
        .open('gemini-batch')
        .map(({ rows }) => rows)
        .slice(0, 2),
    ).toEqual([2, 1]);
  });

  it('takes the part that the budget holds, and then says that it is reached', async () => {
    const bed = await batchRunBed();
    bed.plan({ maxRows: 1 });
    const one = bed.money().reservedUsd;
    const budgetUsd = 3.5 * one;
    expect(bed.plan({ budgetUsd })).toMatchObject({ kind: 'planned', rows: 2 });
    expect(bed.money().reservedUsd).toBeLessThanOrEqual(budgetUsd);
    expect(bed.plan({ budgetUsd })).toMatchObject({
      kind: 'budget',
      reason: expect.stringMatching(/budget of \$.* the next request could cost up to \$0\.00[1-9]\d\)$/),
    });
    expect(bed.plan({ budgetUsd: 100 })).toMatchObject({ rows: 3 });
  });

  it('knows what is committed without looking at every attempt', async () => {
    const bed = await batchRunBed();
    const attempts = { committed: () => ({ spentUsd: 3, reservedUsd: 1 }) };
    const options = { runId: bed.run.id, plan: PLAN, price: null, now: bed.batchDeps.now() };
    const limits = { maxRows: 5, maxBytes: 1e9 };
    const end = planBatch({
      ...{ ...options, limits, store: { ...bed.store, attempts }, budgetUsd: 3.9, holdRetries: false },
    });
    expect(end).toMatchObject({ kind: 'budget', reason: expect.stringContaining('$3.0000 spent, $1.0000') });
  });

  it('lets retries wait for company while other batches run', async () => {
    const bed = await batchRunBed({ faults: { malformed: 1 } });
    await bed.finish(bed.planned().id);
    expect(bed.plan({ holdRetries: true })).toEqual({ kind: 'nothing' });
    expect(bed.plan({ holdRetries: true, maxRows: 6 })).toMatchObject({ kind: 'planned', rows: 6 });
  });

  it('gives each batch a name of its own, for the same rows too', async () => {
    const bed = await batchRunBed();
    const first = bed.planned();
    bed.store.batches.finish(first.id, 'expired', null, 'release', '2026-01-02T03:04:06.000Z');
    const second = bed.planned();
    expect(first.displayName).toMatch(/^retort-[0-9a-f]{32}$/);
    expect(second.displayName).not.toBe(first.displayName);
  });
});

describe('takeBackBatches', () => {
  const takeBack = (
    bed: Awaited<ReturnType<typeof batchRunBed>>,
    change: Partial<Parameters<typeof planBatch>[0]>,
  ) =>
    takeBackBatches({
      store: bed.store,
      runId: bed.run.id,
      plan: PLAN,
      price: bed.batchDeps.priceOf(BATCH_MODEL),
      budgetUsd: null,
      limits: { maxRows: 1, maxBytes: 1 },
      now: bed.batchDeps.now(),
      holdRetries: false,
      ...change,
    });

  it('frees what was never started where it cannot go on, and nothing else', async () => {
    const bed = await batchRunBed();
    bed.plan({ maxRows: 2 });
    expect(takeBack(bed, {})).toBe(0);
    expect(takeBack(bed, { budgetUsd: 1000 })).toBe(0);
    expect(takeBack(bed, { budgetUsd: 1e-6 })).toBe(1); // the budget was lowered since
    expect(bed.money().reservedUsd).toBe(0);
    bed.plan({ maxRows: 2 });
    expect(takeBack(bed, { runId: 'another run' })).toBe(1);
    const { id } = bed.planned();
    await bed.advance(id);
    expect(takeBack(bed, { budgetUsd: 1e-6 })).toBe(0); // it runs: it is paid for
  });

  it('uploads a file again before the service forgets it', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.store.batches.uploaded(id, 'files/old', bed.batchDeps.now().toISOString());
    bed.pass(39 * 3600 * 1000);
    expect(takeBack(bed, {})).toBe(0);
    bed.pass(2 * 3600 * 1000);
    expect(takeBack(bed, {})).toBe(1);
  });
});
