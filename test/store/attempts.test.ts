import type { Attempt, Outcome } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { look } from './raw-database.ts';

const KEY = plannedRequest(0).key;

function filled(count = 1) {
  const home = temporaryFolder();
  const store = openHome(home);
  fillHome(store, count);
  return { home, store };
}

/** An attempt that ended without an answer and leaves its request open. */
function failedAttempt(number: number, outcome: Outcome, notBeforeAt: string | null = null) {
  const nothing = { answer: null, description: null, rawBody: null, costUsd: 0 };
  const settlement = { state: 'pending', notBeforeAt, maxOutputTokens: null } as const;
  return recordedAttempt(KEY, { ...nothing, number, outcome }, settlement);
}

describe('attempts.record', () => {
  it('keeps the raw body byte for byte, compressed, and what was read from it', () => {
    const { store } = filled();
    const rawBody = `{"text":"öß\u2028${'blurred '.repeat(100)}"}`;
    store.attempts.record(recordedAttempt(KEY, { rawBody }));
    expect(store.attempts.rawBody(KEY, 1)).toBe(rawBody);
    expect(store.attempts.answered(KEY, 'quality')).toMatchObject({
      requestKey: KEY,
      answer: 'The sky is blurred.',
      description: 'The sky is blurred.',
      cleanUps: ['trim'],
      modelVersion: 'gemini-test-001',
    });
  });

  it('stores the same attempt once, and settles it once', () => {
    const { home, store } = filled();
    store.attempts.record(recordedAttempt(KEY));
    store.attempts.record(
      recordedAttempt(KEY, { answer: 'Another.' }, { state: 'dead-letter', reason: 'twice' }),
    );
    expect(look(home, 'SELECT answer FROM attempts')).toEqual([{ answer: 'The sky is blurred.' }]);
    expect(store.requests.counts(RUN_ID)).toEqual({ pending: 0, answered: 1, 'dead-letter': 0 });
  });

  it('leaves an answered request answered when a call thought lost ends after all', () => {
    const { store } = filled();
    store.attempts.record(recordedAttempt(KEY, { number: 2 }));
    store.attempts.record(failedAttempt(1, 'network'));
    expect(store.requests.counts(RUN_ID).answered).toBe(1);
    expect(store.attempts.answered(KEY, 'quality')?.answer).toBe('The sky is blurred.');
  });

  it('has no answer where none of the attempts has a description', () => {
    const { store } = filled();
    store.attempts.record(failedAttempt(1, 'unavailable'));
    expect(store.attempts.answered(KEY, 'quality')).toBeNull();
    expect(store.attempts.rawBody(KEY, 1)).toBeNull();
    expect(store.attempts.has(KEY, 1)).toBe(true);
    expect(store.attempts.has(KEY, 2)).toBe(false);
  });
});

describe('attempts.outcomes', () => {
  it('has the attempts in their order, and after a retry those since then', () => {
    const { store } = filled();
    store.attempts.record(failedAttempt(1, 'unavailable'));
    store.attempts.record({
      ...failedAttempt(2, 'malformed'),
      settlement: { state: 'dead-letter', reason: 'malformed' },
    });
    expect(store.attempts.outcomes(KEY)).toEqual(['unavailable', 'malformed']);
    expect(store.requests.retry(RUN_ID, null)).toBe(1);
    expect(store.attempts.outcomes(KEY)).toEqual([]);
    store.attempts.record(failedAttempt(3, 'network'));
    expect(store.attempts.outcomes(KEY)).toEqual(['network']);
    expect(store.attempts.outcomeCounts(RUN_ID)).toEqual([
      { outcome: 'malformed', n: 1 },
      { outcome: 'network', n: 1 },
      { outcome: 'unavailable', n: 1 },
    ]);
  });
});

describe('attempts.spending', () => {
  it('is nothing for a run that asked nothing', () => {
    const { store } = filled();
    expect(store.attempts.spending(RUN_ID)).toEqual({
      attempts: 0,
      spentUsd: 0,
      reservedUsd: 0,
      unknownCost: 0,
      inputTokens: 0,
      outputTokens: 0,
    });
  });

  it('sums known costs and tokens, and counts the answers whose price nobody knows', () => {
    const { store } = filled(3);
    const [, second = '', third = ''] = [0, 1, 2].map((i) => plannedRequest(i).key);
    store.attempts.record(recordedAttempt(KEY, { costUsd: 0.25 }));
    store.attempts.record(recordedAttempt(second, { costUsd: 0.5 }));
    store.attempts.record(recordedAttempt(third, { costUsd: null }));
    expect(store.attempts.spending(RUN_ID)).toEqual({
      attempts: 3,
      spentUsd: 0.75,
      reservedUsd: 0,
      unknownCost: 1,
      inputTokens: 900,
      outputTokens: 120,
    });
  });

  it('counts a reservation until its own attempt is stored, and one that was lost for good', () => {
    const { store } = filled();
    store.requests.reserve(RUN_ID, KEY, 1, 0.1);
    store.requests.reserve(RUN_ID, KEY, 1, 0.1); // the same call
    expect(store.attempts.spending(RUN_ID).reservedUsd).toBeCloseTo(0.1);
    store.requests.reserve(RUN_ID, KEY, 2, 0.2);
    store.attempts.record(recordedAttempt(KEY, { number: 2 }));
    expect(store.attempts.spending(RUN_ID)).toMatchObject({ spentUsd: 0.01, reservedUsd: 0.1 });
  });

  it('leaves other runs out', () => {
    const { store } = filled();
    store.attempts.record(recordedAttempt(KEY));
    expect(store.attempts.spending('another run').attempts).toBe(0);
  });

  it('takes the true end of a call that was thought lost, with its cost, and once', () => {
    const { store } = filled();
    const lost = {
      outcome: 'network',
      answer: null,
      description: null,
      rawBody: null,
      httpStatus: null,
      maybeBilled: true,
      costUsd: 0.5,
    } as const;
    const again = { state: 'pending', notBeforeAt: null, maxOutputTokens: null } as const;
    store.attempts.record(recordedAttempt(KEY, lost, again));
    expect(store.attempts.committed(RUN_ID).spentUsd).toBe(0.5);
    store.attempts.record(recordedAttempt(KEY, { costUsd: 0.25 }));
    store.attempts.record(recordedAttempt(KEY, lost, again)); // it ends only once
    expect(store.attempts.committed(RUN_ID).spentUsd).toBe(0.25);
    expect(store.attempts.spending(RUN_ID)).toMatchObject({ attempts: 1, spentUsd: 0.25 });
    expect(store.attempts.answered(KEY, 'quality')?.description).toBe('The sky is blurred.');
    expect(store.requests.stateOf(KEY)).toBe('answered');
  });

  it('is what committed says without looking at every attempt', () => {
    const { store } = filled(2);
    store.requests.reserve(RUN_ID, KEY, 1, 0.1);
    store.requests.reserve(RUN_ID, plannedRequest(1).key, 1, 0.4);
    store.attempts.record(recordedAttempt(KEY, { costUsd: 0.25 }));
    store.attempts.record(recordedAttempt(KEY, { costUsd: 0.25 })); // the same call
    const { spentUsd, reservedUsd } = store.attempts.spending(RUN_ID);
    expect(store.attempts.committed(RUN_ID)).toEqual({ spentUsd, reservedUsd });
    expect(store.attempts.committed(RUN_ID)).toEqual({ spentUsd: 0.25, reservedUsd: 0.4 });
    expect(store.attempts.committed('another run')).toEqual({ spentUsd: 0, reservedUsd: 0 });
  });
});

describe('attempts.countSince', () => {
  it('counts the calls that a service counted, of one model and one day', () => {
    const { store } = filled();
    const at = (startedAt: string, number: number, change: Partial<Attempt> = {}) =>
      store.attempts.record(recordedAttempt(KEY, { startedAt, finishedAt: startedAt, number, ...change }));
    at('2026-05-01T06:59:59.999Z', 1);
    at('2026-05-01T07:00:00.000Z', 2);
    at('2026-05-01T08:00:00.000Z', 3, { outcome: 'rate-limited', httpStatus: 429 });
    at('2026-05-01T09:00:00.000Z', 4, { outcome: 'network', httpStatus: null, maybeBilled: true });
    const since = '2026-05-01T07:00:00.000Z';
    expect(store.attempts.countSince('gemini', 'gemini-test', since)).toBe(2);
    expect(store.attempts.countSince('gemini', 'another', since)).toBe(0);
  });
});
