import { sha256 } from '@retort/schema';
import type { Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { look } from './raw-database.ts';

const NOW = '2026-05-01T00:00:00.000Z';
const LATER = '2026-05-01T00:00:00.001Z';

function filled(count = 1) {
  const home = temporaryFolder();
  const store = openHome(home);
  return { home, store, ...fillHome(store, count) };
}

const dueKeys = (store: Store, now = NOW) => store.requests.due(RUN_ID, now, 100).map(({ key }) => key);

function giveUp(store: Store, i: number, reason: string, number = 1): void {
  const change = { number, outcome: 'malformed', answer: null, description: null } as const;
  store.attempts.record(recordedAttempt(plannedRequest(i).key, change, { state: 'dead-letter', reason }));
}

describe('requests.plan', () => {
  it('keeps a request that is known, with its answer', () => {
    const { home, store, sampleIds } = filled();
    store.attempts.record(recordedAttempt(plannedRequest(0).key));
    store.requests.plan(RUN_ID, sampleIds[0] ?? 0, plannedRequest(0, { maxOutputTokens: 1 }));
    expect(look(home, 'SELECT state, max_output_tokens FROM requests')).toEqual([
      { state: 'answered', max_output_tokens: 2048 },
    ]);
  });

  it('asks once for two samples with the same content', () => {
    const { store, sampleIds } = filled(2);
    store.requests.plan(RUN_ID, sampleIds[1] ?? 0, plannedRequest(0));
    expect(store.requests.counts(RUN_ID)).toEqual({ pending: 1, answered: 0, 'dead-letter': 0 });
    store.attempts.record(recordedAttempt(plannedRequest(0).key));
    expect(store.conversations.answeredSamples(RUN_ID).map(({ sampleId }) => sampleId)).toEqual(sampleIds);
  });

  it('gives a sample its new request when the content has changed', () => {
    const { store, sampleIds } = filled();
    const changed = plannedRequest(0, { key: sha256('changed'), promptText: 'Look again.' });
    store.requests.plan(RUN_ID, sampleIds[0] ?? 0, changed);
    expect(dueKeys(store)).toEqual([changed.key]);
  });
});

describe('requests.unlink', () => {
  it('unties a run from its requests and leaves them where they are', () => {
    const { home, store } = filled(2);
    store.requests.unlink(RUN_ID);
    expect(store.requests.counts(RUN_ID).pending).toBe(0);
    expect(look(home, 'SELECT key FROM requests')).toHaveLength(2);
  });
});

describe('requests.due', () => {
  it('has all that a call needs', () => {
    const { store } = filled();
    const [due] = store.requests.due(RUN_ID, NOW, 1);
    expect(due).toEqual({
      ...plannedRequest(0),
      position: 1,
      nextNumber: 1,
      notBeforeAt: null,
      blobHash: sha256('blob 0'),
      mediaType: 'image/jpeg',
      width: 64,
      height: 48,
    });
  });

  it('has at most as many as are wanted, of this run alone', () => {
    const { store } = filled(5);
    expect(store.requests.due(RUN_ID, NOW, 3)).toHaveLength(3);
    expect(store.requests.due('another run', NOW, 3)).toEqual([]);
  });

  it('goes on behind a position, and then has those that have waited', () => {
    const { store } = filled(4);
    const [first = '', , third, fourth] = dueKeys(store);
    const again = { state: 'pending', notBeforeAt: NOW, maxOutputTokens: null } as const;
    store.attempts.record(recordedAttempt(first, { outcome: 'network' }, again));
    expect(store.requests.due(RUN_ID, NOW, 2, 2).map(({ key }) => key)).toEqual([third, fourth]);
    expect(store.requests.due(RUN_ID, NOW, 9, 3).map(({ key }) => key)).toEqual([fourth, first]);
    expect([...store.requests.eachPending(RUN_ID)]).toHaveLength(4);
  });

  it('leaves out what has to wait until its time has come', () => {
    const { store } = filled(2);
    const waiting = { state: 'pending', notBeforeAt: LATER, maxOutputTokens: 4096 } as const;
    const key = plannedRequest(0).key;
    store.attempts.record(recordedAttempt(key, { outcome: 'truncated', description: null }, waiting));
    expect(dueKeys(store)).toEqual([plannedRequest(1).key]);
    expect(store.requests.nextDueAt(RUN_ID)).toBe(LATER);
    expect(dueKeys(store, LATER)).toHaveLength(2);
    const due = store.requests.due(RUN_ID, LATER, 2).find((request) => request.key === key);
    expect(due).toMatchObject({ nextNumber: 2, maxOutputTokens: 4096 });
  });

  it('counts on after an attempt that was paid for and lost', () => {
    const { store } = filled();
    store.requests.reserve(RUN_ID, plannedRequest(0).key, 1, 0.1);
    expect(store.requests.due(RUN_ID, NOW, 1)).toMatchObject([{ nextNumber: 2 }]);
  });

  it('has nothing that is answered or given up', () => {
    const { store } = filled(2);
    store.attempts.record(recordedAttempt(plannedRequest(0).key));
    giveUp(store, 1, 'malformed 3 times');
    expect(dueKeys(store)).toEqual([]);
    expect(store.requests.nextDueAt(RUN_ID)).toBeNull();
  });
});

describe('requests.retry', () => {
  it('takes dead letters up again, only those of one outcome when it is named', () => {
    const { store } = filled(2);
    giveUp(store, 0, 'malformed 3 times');
    giveUp(store, 1, 'malformed 3 times');
    expect(store.requests.retry(RUN_ID, 'blocked')).toBe(0);
    expect(store.requests.retry('another run', null)).toBe(0);
    expect(store.requests.retry(RUN_ID, 'malformed')).toBe(2);
    expect(store.requests.due(RUN_ID, NOW, 2)).toMatchObject([{ nextNumber: 2 }, { nextNumber: 2 }]);
    expect(store.requests.deadLetters(RUN_ID, 10)).toEqual([]);
  });

  it('lists what is given up with its reason and how often it was tried', () => {
    const { store } = filled();
    const waiting = { state: 'pending', notBeforeAt: null, maxOutputTokens: null } as const;
    store.attempts.record(recordedAttempt(plannedRequest(0).key, { description: null }, waiting));
    giveUp(store, 0, 'malformed 2 times: no JSON', 2);
    expect(store.requests.deadLetters(RUN_ID, 10)).toEqual([
      {
        requestKey: plannedRequest(0).key,
        imageName: '0.jpg',
        aspect: 'quality',
        outcome: 'malformed',
        reason: 'malformed 2 times: no JSON',
        attempts: 2,
      },
    ]);
  });
});
