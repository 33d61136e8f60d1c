import type { Outcome } from '@retort/schema';
import { type DecideInput, decideNext } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

const decide = (outcome: Outcome, earlier: readonly Outcome[] = [], changes: Partial<DecideInput> = {}) =>
  decideNext({
    outcome,
    attemptsSoFar: earlier.map((seen) => ({ outcome: seen })),
    retryAfterMs: null,
    now: new Date('2026-11-23T12:00:00Z'),
    random: () => 1,
    ...changes,
  });
const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

describe('decideNext', () => {
  it('is done with an answer', () => {
    expect(decide('answered', ['network', 'malformed'])).toEqual({ kind: 'settled' });
  });

  it.each<Outcome>(['blocked', 'invalid'])('gives a row up that ends %s, with the reason', (outcome) => {
    expect(decide(outcome, [], { reason: 'SAFETY' })).toEqual({
      kind: 'dead-letter',
      reason: `${outcome}: SAFETY`,
    });
  });

  it('asks again at most twice after malformed answers', () => {
    const again = { kind: 'again', notBeforeMs: 0, maxOutputTokensFactor: 1 };
    expect(decide('malformed')).toEqual(again);
    expect(decide('malformed', ['malformed', 'network', 'rate-limited'])).toEqual(again);
    expect(decide('malformed', times(2, 'malformed'))).toEqual({
      kind: 'dead-letter',
      reason: 'malformed 3 times',
    });
  });

  it('asks once more after a truncated answer, with twice the limit', () => {
    expect(decide('truncated')).toEqual({ kind: 'again', notBeforeMs: 0, maxOutputTokensFactor: 2 });
    expect(decide('truncated', ['truncated'])).toEqual({ kind: 'dead-letter', reason: 'truncated 2 times' });
  });

  it('keeps a raised limit raised when something else comes between', () => {
    expect(decide('unavailable', ['truncated'])).toMatchObject({ kind: 'again', maxOutputTokensFactor: 2 });
  });

  it('backs off from unavailable and network together, up to six attempts and a minute', () => {
    const waits = [0, 1, 2, 3, 4].map((earlier) => {
      const step = decide(earlier % 2 ? 'network' : 'unavailable', times(earlier, 'network'));
      return step.kind === 'again' ? step.notBeforeMs : step.kind;
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(decide('network', times(5, 'unavailable'))).toEqual({
      kind: 'dead-letter',
      reason: 'network 6 times',
    });
  });

  it('jitters over the whole wait, but not below what the server asked for', () => {
    expect(decide('unavailable', ['network'], { random: () => 0.25 })).toMatchObject({ notBeforeMs: 500 });
    expect(decide('unavailable', [], { retryAfterMs: 3000 })).toMatchObject({ notBeforeMs: 3000 });
  });

  it('never counts rate limits against the row, and waits as long as it was told', () => {
    expect(decide('rate-limited', times(500, 'rate-limited'), { retryAfterMs: 36_500.5 })).toEqual({
      kind: 'again',
      notBeforeMs: 36_500.5,
      maxOutputTokensFactor: 1,
    });
    expect(decide('network', times(500, 'rate-limited'))).toMatchObject({ kind: 'again', notBeforeMs: 1000 });
  });

  it.each<Outcome>(['credits', 'denied', 'no-such-model'])('stops the run for %s, for good', (outcome) => {
    expect(decide(outcome)).toMatchObject({ kind: 'stop-run', until: null });
  });

  it('stops for a daily quota until midnight in California', () => {
    expect(decide('quota-day')).toMatchObject({ kind: 'stop-run', until: '2026-11-24T08:00:00.000Z' });
  });
});
