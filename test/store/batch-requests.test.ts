import { describe, expect, it } from 'vitest';
import { BATCHABLE_SQL } from '../../packages/store/src/batch-requests.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { batchOf } from './planned-batch.ts';
import { look } from './raw-database.ts';

const AT = '2026-01-02T03:04:05.000Z';
const SOON = '2026-01-02T03:05:00.000Z';
const LATER = '2026-01-02T04:00:00.000Z';
const key = (i: number): string => plannedRequest(i).key;

function filled(count: number) {
  const home = temporaryFolder();
  const store = openHome(home);
  fillHome(store, count);
  const putOff = (i: number, notBeforeAt: string): void =>
    store.attempts.record(
      recordedAttempt(
        key(i),
        { outcome: 'unavailable', description: null },
        { state: 'pending', notBeforeAt, maxOutputTokens: null },
      ),
    );
  return { home, store, putOff };
}

describe('batches.batchable', () => {
  it('has what waits for nothing as it was planned, then what has waited, longest first', () => {
    const { store, putOff } = filled(8);
    putOff(0, LATER);
    putOff(1, AT);
    putOff(5, SOON);
    store.batches.plan(batchOf([key(3)]));
    const at = (now: string, limit = 10) => store.batches.batchable(RUN_ID, now, limit).map((row) => row.key);
    expect(at(LATER)).toEqual([2, 4, 6, 7, 1, 5, 0].map(key));
    expect(at(SOON, 6)).toEqual([2, 4, 6, 7, 1, 5].map(key));
    expect(at(SOON)).toEqual(at(SOON, 6));
    expect(at(LATER, 3)).toEqual([2, 4, 6].map(key));
    expect([...store.batches.eachBatchable(RUN_ID)].map((row) => row.key).sort()).toEqual(at(LATER).sort());
  });

  it.each(['fresh', 'waited', 'hasFresh', 'nextWaiting'] as const)('%s sorts nothing', (name) => {
    const { home } = filled(2);
    const sql = Object.entries({ runId: `'${RUN_ID}'`, now: `'${AT}'`, limit: '5' }).reduce<string>(
      (text, [parameter, value]) => text.replaceAll(`@${parameter}`, value),
      BATCHABLE_SQL[name],
    );
    const plan = look<{ detail: string }>(home, `EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
    expect(plan[0]).toMatch(/^SEARCH r USING INDEX requests_by_state \(state=\? AND not_before_at/);
    expect(plan.filter((detail) => /TEMP B-TREE|^SCAN/.test(detail))).toEqual([]);
  });
});

describe('batches.nextBatchableAt', () => {
  it('is now while something waits for nothing, then the earliest wait, then never', () => {
    const { store, putOff } = filled(3);
    putOff(0, LATER);
    putOff(1, SOON);
    expect(store.batches.nextBatchableAt(RUN_ID)).toBe('');
    store.batches.plan(batchOf([key(2)]));
    expect(store.batches.nextBatchableAt(RUN_ID)).toBe(SOON);
    const rows = [0, 1].map((i) => ({ requestKey: key(i), number: 2, worstCaseUsd: null }));
    store.batches.plan(batchOf([], { displayName: 'the rest', rows }));
    expect(store.batches.nextBatchableAt(RUN_ID)).toBeNull();
  });
});
