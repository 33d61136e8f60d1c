import { readFileSync } from 'node:fs';
import { openStore, type Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, PLAN, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { batchOf } from './planned-batch.ts';
import { change, look } from './raw-database.ts';

const AT = '2026-01-02T03:04:05.000Z';
const LATER = '2026-01-02T04:00:00.000Z';
const [A, B, C] = [0, 1, 2].map((i) => plannedRequest(i).key) as [string, string, string]; // of three numbers

function filled() {
  const home = temporaryFolder();
  const store = openHome(home);
  fillHome(store, 3);
  return { home, store };
}

/** A batch that the service knows. */
function running(store: Store, keys: readonly string[], name: string): number {
  const id = store.batches.plan(batchOf(keys));
  store.batches.uploaded(id, 'files/in', AT);
  store.batches.beginCreate(id, null, AT);
  store.batches.created(id, { name, jobState: 'pending' }, AT);
  return id;
}

const keysOf = (store: Store) => store.batches.batchable(RUN_ID, AT, 10).map(({ key }) => key);

describe('batches.plan', () => {
  it('stores rows and reserves their money in one transaction', () => {
    const { home, store } = filled();
    const id = store.batches.plan(batchOf([A, B]));
    expect(store.batches.get(id)).toMatchObject({ state: 'planned', rows: 2, name: null, plannedAt: AT });
    expect(store.attempts.spending(RUN_ID).reservedUsd).toBeCloseTo(0.5);
    // The same attempt in a second batch: nothing of that one is stored, its money neither.
    expect(() => store.batches.plan(batchOf([C, A], { displayName: 'other' }))).toThrow(/UNIQUE/);
    expect(look(home, 'SELECT id FROM batches')).toEqual([{ id }]);
    expect(store.attempts.spending(RUN_ID).reservedUsd).toBeCloseTo(0.5);
  });

  it('takes requests out of what can be asked until the batch is over, also when they are pending again', () => {
    const { store } = filled();
    const id = running(store, [A, B], 'batches/1');
    expect(keysOf(store)).toEqual([C]);
    const settlement = { state: 'pending', notBeforeAt: null, maxOutputTokens: null } as const;
    store.attempts.record(recordedAttempt(A, { outcome: 'malformed', description: null }, settlement));
    expect(keysOf(store)).toEqual([C]);
    store.batches.finish(id, 'collected', null, 'release', AT);
    expect(keysOf(store).sort()).toEqual([A, B, C].sort());
    const numbers = store.batches.batchable(RUN_ID, AT, 10).map(({ key, nextNumber }) => [key, nextNumber]);
    expect(Object.fromEntries(numbers)).toEqual({ [A]: 2, [B]: 2, [C]: 1 });
  });

  it('never gives a number twice, also when a batch came to nothing', () => {
    const { store } = filled();
    const id = store.batches.plan(batchOf([A]));
    store.batches.finish(id, 'failed', 'taken back', 'release', AT);
    expect(store.batches.batchable(RUN_ID, AT, 10).find(({ key }) => key === A)?.nextNumber).toBe(2);
  });
});

describe('batches.finish', () => {
  it.each([
    ['release', 0],
    ['keep', 0.25],
  ] as const)('%ss the money of rows without an attempt, and of no others', (money, reservedUsd) => {
    const { store } = filled();
    const id = running(store, [A, B], 'batches/1');
    store.attempts.record(recordedAttempt(A));
    expect(store.batches.finish(id, 'failed', 'why', money, LATER)).toBe(1);
    expect(store.attempts.spending(RUN_ID)).toMatchObject({ spentUsd: 0.01, reservedUsd });
    expect(store.batches.get(id)).toMatchObject({ state: 'failed', reason: 'why', finishedAt: LATER });
    // It is over: nothing ends it again.
    expect(store.batches.finish(id, 'collected', null, 'release', LATER)).toBe(0);
    expect(store.batches.get(id)?.state).toBe('failed');
    expect(store.attempts.spending(RUN_ID).reservedUsd).toBe(reservedUsd);
  });
});

describe('steps of a batch', () => {
  it('let only one of two processes start it', () => {
    const { store } = filled();
    const id = store.batches.plan(batchOf([A]));
    expect(store.batches.beginCreate(id, null, AT)).toBe(false); // not uploaded yet
    store.batches.uploaded(id, 'files/in', AT);
    expect(store.batches.beginCreate(id, null, AT)).toBe(true);
    expect(store.batches.beginCreate(id, null, LATER)).toBe(false);
    store.batches.notCreated(id);
    expect(store.batches.beginCreate(id, AT, LATER)).toBe(true);
  });

  it('forget a failed call when the next one succeeds', () => {
    const { store } = filled();
    const id = running(store, [A], 'batches/1');
    store.batches.callFailed(id, 'network', LATER);
    store.batches.callFailed(id, 'network', LATER);
    expect(store.batches.get(id)).toMatchObject({ failures: 2, reason: 'network', notBeforeAt: LATER });
    store.batches.callFailed(id, 'gave up', null);
    expect(store.batches.get(id)).toMatchObject({ failures: 0, notBeforeAt: null });
    store.batches.polled(id, 'running', LATER);
    expect(store.batches.get(id)).toMatchObject({
      failures: 0,
      reason: null,
      polledAt: LATER,
      jobState: 'running',
    });
    store.batches.ended(id, 'files/out', 'succeeded', LATER);
    expect(store.batches.get(id)).toMatchObject({ state: 'ended', outputFile: 'files/out' });
  });

  it('are seen by name, by run and by what is open', () => {
    const { store } = filled();
    const first = running(store, [A], 'batches/1');
    const second = running(store, [B], 'batches/2');
    expect(store.batches.find('batches/2')?.id).toBe(second);
    expect(store.batches.find('batches/9')).toBeNull();
    expect(store.batches.open('gemini-batch').map(({ id }) => id)).toEqual([first, second]);
    expect(store.batches.open('gemini')).toEqual([]);
    expect([store.batches.serves(first, RUN_ID), store.batches.serves(first, 'another run')]).toEqual([
      true,
      false,
    ]);
    store.batches.finish(first, 'failed', null, 'release', AT);
    expect(store.batches.failedInARow(RUN_ID)).toBe(1);
    store.batches.finish(second, 'collected', null, 'release', AT);
    expect(store.batches.failedInARow(RUN_ID)).toBe(0);
    expect(store.batches.list(10).map(({ id }) => id)).toEqual([second, first]);
  });

  it('give rows in pages and by their attempt', () => {
    const { store } = filled();
    const id = running(store, [A, B, C], 'batches/1');
    expect(store.batches.rows(id, 1, 1)).toMatchObject([
      {
        key: B,
        number: 1,
        position: 1,
        worstCaseUsd: 0.25,
        promptText: 'Look at 1.',
        settings: { temperature: 0.5 },
      },
    ]);
    expect(store.batches.row(id, C, 1)?.position).toBe(2);
    expect(store.batches.row(id, C, 2)).toBeNull();
    expect(store.batches.row(id + 1, C, 1)).toBeNull();
  });
});

describe('0004_create_batches', () => {
  it('upgrades a filled home of the version before', () => {
    const home = temporaryFolder();
    const store = openStore(home);
    fillHome(store, 2);
    store.attempts.record(recordedAttempt(A));
    store.close();
    const ledger = "DELETE FROM migrations WHERE name IN ('0004_create_batches', '0005_price_batches')";
    change(home, `DROP TABLE batch_rows; DROP TABLE batches; ${ledger}`);
    const again = openHome(home);
    expect(again.batches.open('gemini-batch')).toEqual([]);
    expect(again.requests.counts(RUN_ID)).toMatchObject({ answered: 1, pending: 1 });
    expect(again.runs.get(RUN_ID)?.plan).toEqual(PLAN);
    again.batches.plan(batchOf([B]));
    expect(keysOf(again)).toEqual([]);
  });

  it('says why in its first line, and lets no open batch be finished or a running one be nameless', () => {
    const { home, store } = filled();
    const sql = readFileSync(
      new URL('../../packages/store/migrations/0004_create_batches.sql', import.meta.url),
      'utf8',
    );
    expect(sql).toMatch(/^-- 0004_create_batches\.sql: \w/);
    store.batches.plan(batchOf([A]));
    expect(() => change(home, "UPDATE batches SET state = 'running'")).toThrow(/CHECK/);
    expect(() => change(home, "UPDATE batches SET state = 'collected'")).toThrow(/CHECK/);
    expect(() => change(home, "UPDATE batches SET finished_at = '2026'")).toThrow(/CHECK/);
  });
});
