import { callEndOf } from '@retort/pipeline';
import { OUTCOMES } from '@retort/schema';
import { describe, expect, it } from 'vitest';

const CALL = {
  usage: { inputTokens: 1200, outputTokens: 90, thinkingTokens: null },
  retryAfterMs: null,
} as const;

describe('callEndOf', () => {
  it('tells a refusal with its wait and its quota', () => {
    const refused = {
      outcome: 'rate-limited',
      usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
      retryAfterMs: 36_500,
      quota: { meter: 'tokens', value: 250_000 },
    } as const;
    expect(callEndOf(refused)).toEqual({
      end: 'refused',
      usedTokens: null,
      delayMs: 36_500,
      meter: 'tokens',
      quota: 250_000,
    });
  });

  it('counts whatever the service worked on as answered, and gives the tokens that it took', () => {
    for (const outcome of ['answered', 'malformed', 'truncated', 'blocked', 'invalid'] as const) {
      expect(callEndOf({ ...CALL, outcome })).toMatchObject({ end: 'answered', usedTokens: 1200 });
    }
  });

  it('takes only what comes of load for trouble', () => {
    const troubles = OUTCOMES.filter((outcome) =>
      ['refused', 'overloaded', 'broken'].includes(callEndOf({ ...CALL, outcome }).end),
    );
    expect(troubles.sort()).toEqual(['network', 'rate-limited', 'unavailable']);
  });
});
