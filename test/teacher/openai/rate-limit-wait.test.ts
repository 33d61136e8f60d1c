import { describe, expect, it } from 'vitest';
import { resetMsOf, retryAfterMsOf } from '../../../packages/teacher/src/openai/rate-limit-wait.ts';

const now = new Date('2026-11-23T12:00:00Z');

describe('retryAfterMsOf', () => {
  it.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:09 GMT' }, 9000],
    [{ 'retry-after': '2', 'retry-after-ms': '1750' }, 1750],
    [{ 'retry-after': '2', 'retry-after-ms': 'soon' }, 2000],
    [{ 'retry-after-ms': '1e300' }, 86_400_000],
    [{ 'retry-after': '99999999999999' }, 86_400_000],
  ])('reads %o as %s ms', (headers, expected) => {
    expect(retryAfterMsOf(new Headers(headers), now)).toBe(expected);
  });
});

describe('resetMsOf', () => {
  const reset = (requests: string, tokens: string, more: Record<string, string> = {}) =>
    new Headers({ 'x-ratelimit-reset-requests': requests, 'x-ratelimit-reset-tokens': tokens, ...more });

  it.each([
    ['12ms', 12],
    ['1s', 1000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['1d', 86_400_000],
    ['59.7', 59_700],
    ['1000000', 86_400_000],
    ['99999999999999d', 86_400_000],
    ['0s', null],
    ['1741305600000', null],
    ['tomorrow', null],
  ])('reads %s as %s ms', (given, expected) => {
    expect(resetMsOf(new Headers({ 'x-ratelimit-reset-requests': given }), null)).toBe(expected);
  });

  it('takes the limit that the error names, else the one used up, else the longer', () => {
    const usedUp = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '70' };
    expect(resetMsOf(reset('1s', '2s', usedUp), 'tokens')).toBe(2000);
    expect(resetMsOf(reset('1s', '2s', usedUp), 'None')).toBe(1000);
    expect(resetMsOf(reset('1s', '2s'), null)).toBe(2000);
    expect(resetMsOf(new Headers(), 'tokens')).toBeNull();
  });
});
