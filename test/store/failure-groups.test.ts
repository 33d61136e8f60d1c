import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';

const NOTHING = { answer: null, description: null } as const;
const AGAIN = { state: 'pending', notBeforeAt: null, maxOutputTokens: null } as const;

describe('failures.groups', () => {
  it('groups by the last outcome and the reason, largest first, with a few examples', () => {
    const store = openHome(temporaryFolder());
    fillHome(store, 6);
    const record = (i: number, outcome: 'blocked' | 'invalid', reason: string): void => {
      const key = plannedRequest(i).key;
      store.attempts.record(recordedAttempt(key, { ...NOTHING, outcome: 'unavailable' }, AGAIN));
      const settlement = { state: 'dead-letter', reason } as const;
      store.attempts.record(recordedAttempt(key, { ...NOTHING, outcome, number: 2 }, settlement));
    };
    for (const i of [3, 1, 2]) record(i, 'blocked', 'SAFETY');
    record(4, 'blocked', 'RECITATION');
    record(5, 'invalid', 'too large');
    store.attempts.record(recordedAttempt(plannedRequest(0).key));
    expect(store.failures.groups(RUN_ID, 2)).toEqual([
      {
        outcome: 'blocked',
        reason: 'SAFETY',
        requests: 3,
        examples: [
          { image: '1.jpg', aspect: 'quality' },
          { image: '2.jpg', aspect: 'quality' },
        ],
      },
      {
        outcome: 'blocked',
        reason: 'RECITATION',
        requests: 1,
        examples: [{ image: '4.jpg', aspect: 'quality' }],
      },
      {
        outcome: 'invalid',
        reason: 'too large',
        requests: 1,
        examples: [{ image: '5.jpg', aspect: 'quality' }],
      },
    ]);
    expect(store.failures.groups('another', 2)).toEqual([]);
  });
});
