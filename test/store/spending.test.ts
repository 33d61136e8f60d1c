import type { Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { SPENDING_SQL } from '../../packages/store/src/spending.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change, look } from './raw-database.ts';

const NO_TOKENS = { inputTokens: null, outputTokens: null, thinkingTokens: null };
const AGAIN = { state: 'pending', notBeforeAt: null, maxOutputTokens: null } as const;
const key = (i: number): string => plannedRequest(i).key;

/** Four requests: answered after a refusal, answered at an unknown price, broken off, not asked yet. */
function filled(): { home: string; store: Store } {
  const home = temporaryFolder();
  const store = openHome(home);
  fillHome(store, 4);
  const refused = { outcome: 'rate-limited', costUsd: 0, usage: NO_TOKENS, modelVersion: null } as const;
  store.attempts.record(recordedAttempt(key(0), refused, AGAIN));
  store.attempts.record(recordedAttempt(key(0), { number: 2 }));
  store.attempts.record(recordedAttempt(key(1), { costUsd: null }));
  const broken = { outcome: 'network', costUsd: 0.5, maybeBilled: true, usage: NO_TOKENS } as const;
  store.attempts.record(recordedAttempt(key(2), { ...broken, modelVersion: null }, AGAIN));
  store.requests.reserve(RUN_ID, key(3), 1, 0.25);
  return { home, store };
}

describe('spending.cells', () => {
  it('adds up what is alike, and never takes an unknown cost for 0', () => {
    const { store } = filled();
    const cells = store.spending.cells(RUN_ID);
    const of = (outcome: string) => cells.filter((cell) => cell.outcome === outcome);
    expect(of('answered')).toEqual([
      expect.objectContaining({
        model: 'gemini-test',
        modelVersion: 'gemini-test-001',
        aspect: 'quality',
        state: 'answered',
        attempts: 2,
        knownUsd: 0.01,
        unknownCost: 1,
        maybeBilled: 0,
        inputTokens: 600,
        outputTokens: 80,
        thinkingTokens: 0,
      }),
    ]);
    expect(of('rate-limited')).toEqual([
      expect.objectContaining({ state: 'answered', attempts: 1, knownUsd: 0, unknownCost: 0 }),
    ]);
    expect(of('network')).toEqual([
      expect.objectContaining({ state: 'pending', maybeBilled: 1, maybeBilledUsd: 0.5, knownUsd: 0.5 }),
    ]);
  });

  it('has a line of its own for calls that ask all aspects at once', () => {
    const { home, store } = filled();
    const all = plannedRequest(9, { aspect: 'quality', imageHash: plannedRequest(0).imageHash });
    store.requests.plan(RUN_ID, 1, all);
    store.attempts.record(recordedAttempt(all.key));
    change(home, `UPDATE requests SET aspect = 'all' WHERE key = '${all.key}'`);
    const aspects = new Set(store.spending.cells(RUN_ID).map(({ aspect }) => aspect));
    expect(aspects).toEqual(new Set(['quality', 'all']));
  });

  it('is empty for another run, and has every run without one', () => {
    const { store } = filled();
    expect(store.spending.cells('another')).toEqual([]);
    const attempts = store.spending.cells(null).reduce((sum, cell) => sum + cell.attempts, 0);
    expect(attempts).toBe(4);
  });
});

describe('spending.reserved', () => {
  it('is what was set aside and never settled, of one run or of all', () => {
    const { store } = filled();
    expect(store.spending.reserved(RUN_ID)).toEqual({ usd: 0.25, calls: 1 });
    expect(store.spending.reserved('another')).toEqual({ usd: 0, calls: 0 });
    expect(store.spending.reserved(null)).toEqual({ usd: 0.25, calls: 1 });
  });
});

describe('spending.requests', () => {
  it('counts where requests stand, and has of pending ones all that their worst case needs', () => {
    const { store } = filled();
    const promptBytes = Buffer.byteLength(`${plannedRequest(2).promptText}${plannedRequest(3).promptText}`);
    const alike = { teacher: 'gemini', model: 'gemini-test', aspect: 'quality', requests: 2 };
    expect(store.spending.requests(RUN_ID)).toEqual([
      { ...alike, state: 'answered', inBatch: false, pending: null },
      {
        ...alike,
        state: 'pending',
        inBatch: false,
        pending: { width: 64, height: 48, maxOutputTokens: 2048, promptBytes },
      },
    ]);
    expect(store.spending.images(RUN_ID)).toBe(4);
  });
});

describe('a run’s statements', () => {
  it.each(['cellsOfRun', 'requests', 'images'] as const)('%s looks rows up by index', (name) => {
    const { home } = filled();
    const sql = SPENDING_SQL[name].replaceAll('@runId', `'${RUN_ID}'`);
    const plan = look(home, `EXPLAIN QUERY PLAN ${sql}`).map((row) => (row as { detail: string }).detail);
    expect(plan.filter((detail) => /^SCAN (a|r|s|i|sample_requests)\b/.test(detail))).toEqual([]);
    expect(plan.some((detail) => /^SEARCH (a|sample_requests) USING .*run_id=\?/.test(detail))).toBe(true);
  });
});
