import { OUTCOMES, type Outcome } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { classifyOutcome } from '../../../packages/teacher/src/gemini/classify-outcome.ts';
import type { TeacherResponse } from '../../../packages/teacher/src/http/teacher-response.ts';
import { parseAnswer } from '../../../packages/teacher/src/parse-answer.ts';

const now = new Date('2026-11-23T12:00:00Z');
const classify = (response: TeacherResponse) =>
  classifyOutcome(response, { now, parse: (answer) => parseAnswer('description', answer) });
const received = (status: number, body: unknown, retryAfter: string | null = null): TeacherResponse => ({
  kind: 'received',
  status,
  headers: new Headers(retryAfter === null ? {} : { 'retry-after': retryAfter }),
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const failure = (status: string, details: readonly object[] = []) => ({
  error: { status, message: 'no', details },
});
const finish = (finishReason: string | null, text: string | null = 'The picture is sharp.') => ({
  candidates: [
    { content: { parts: text === null ? [] : [{ text }] }, ...(finishReason ? { finishReason } : {}) },
  ],
});

describe('classifyOutcome', () => {
  it.each<[string, TeacherResponse, Outcome]>([
    ['STOP with a text that parses', received(200, finish('STOP')), 'answered'],
    ['STOP without a text', received(200, finish('STOP', null)), 'malformed'],
    ['no finishReason', received(200, finish(null)), 'malformed'],
    ['MAX_TOKENS that thinking used up', received(200, finish('MAX_TOKENS', null)), 'truncated'],
    ['a blocked finish with a text', received(200, finish('RECITATION')), 'blocked'],
    ['no candidates at all', received(200, {}), 'blocked'],
    ['an empty 200', received(200, ''), 'network'],
    ['a 200 with a list', received(200, []), 'network'],
    ['a 200 whose candidates are none', received(200, { candidates: 'x' }), 'network'],
    ['402', received(402, failure('RESOURCE_EXHAUSTED')), 'credits'],
    ['400 without a Google body', received(400, '<html>'), 'invalid'],
    [
      '400 with an expired key',
      received(400, failure('INVALID_ARGUMENT', [{ reason: 'API_KEY_EXPIRED' }])),
      'denied',
    ],
    ['400 for the country', received(400, failure('FAILED_PRECONDITION')), 'denied'],
    ['422', received(422, ''), 'invalid'],
    ['529', received(529, ''), 'unavailable'],
  ])('sorts %s', (_what, response, outcome) => {
    expect(classify(response).outcome).toBe(outcome);
  });

  it('reads a fractional delay', () => {
    const details = [{ retryDelay: '36.5s' }];
    expect(classify(received(429, failure('RESOURCE_EXHAUSTED', details))).retryAfterMs).toBe(36_500);
  });

  it('lets a daily quota win over one of the minute, whatever the order', () => {
    const details = [
      { violations: [{ quotaId: 'RequestsPerMinute' }, { quotaId: 'RequestsPerDay' }] },
      { retryDelay: '2s' },
    ];
    expect(classify(received(429, failure('RESOURCE_EXHAUSTED', details.toReversed())))).toMatchObject({
      outcome: 'quota-day',
      retryAfterMs: null,
      reason: expect.stringContaining('RequestsPerDay'),
    });
  });

  it('takes a Retry-After date from the clock it is given', () => {
    const response = received(429, '', 'Mon, 23 Nov 2026 12:00:30 GMT');
    expect(classify(response).retryAfterMs).toBe(30_000);
  });

  it.each(['soon', '-5', '20262026x'])('waits the usual minute when Retry-After is %s', (header) => {
    expect(classify(received(429, '', header)).retryAfterMs).toBe(60_000);
  });

  it('reads a good answer beside members of a wrong type', () => {
    const body = {
      ...finish('STOP'),
      usageMetadata: { promptTokenCount: 'many', candidatesTokenCount: 7 },
      modelVersion: 3,
    };
    expect(classify(received(200, body))).toMatchObject({
      outcome: 'answered',
      usage: { inputTokens: null, outputTokens: 7, thinkingTokens: null },
      modelVersion: null,
    });
  });

  it.each([1.5, -1, 1e300, 1e15, '7'])('takes a token count of %s for none, and keeps the answer', (odd) => {
    const usageMetadata = { promptTokenCount: odd, candidatesTokenCount: odd, thoughtsTokenCount: 12 };
    expect(classify(received(200, { ...finish('STOP'), usageMetadata }))).toMatchObject({
      outcome: 'answered',
      usage: { inputTokens: null, outputTokens: null, thinkingTokens: 12 },
    });
  });

  it.each([
    ['RetryInfo', '99999999999999s', null],
    ['RetryInfo beyond any number', `${'9'.repeat(400)}s`, null],
    ['Retry-After', undefined, '99999999999999'],
    ['a Retry-After date', undefined, 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ])('waits a day at most, whatever %s says', (_where, retryDelay, header) => {
    const body = failure('RESOURCE_EXHAUSTED', [{ retryDelay }]);
    expect(classify(received(429, body, header)).retryAfterMs).toBe(86_400_000);
  });

  it.each([
    ['250000', 250_000],
    [60, 60],
    ['Infinity', null],
    ['1e300', null],
    [0.5, null],
    ['-3', null],
    ['', null],
  ])('reads a quota value of %j as %s', (quotaValue, value) => {
    const details = [{ violations: [{ quotaId: 'InputTokensPerMinute', quotaValue }] }];
    expect(classify(received(429, failure('RESOURCE_EXHAUSTED', details))).quota).toEqual({
      meter: 'tokens',
      value,
    });
  });

  it('never throws, whatever comes', () => {
    const bodies = [
      'null',
      '0',
      '"x"',
      '{"candidates":[null]}',
      '{"candidates":[{"content":{"parts":[{}]}}]}',
      '{"error":1}',
    ];
    for (const body of bodies) {
      for (const status of [200, 204, 400, 429, 500])
        expect(OUTCOMES).toContain(classify(received(status, body)).outcome);
    }
  });

  it.each([
    ['a request that was never sent', { status: null, sent: false }, false],
    ['one that was sent', { status: null, sent: true }, true],
    ['half an answer', { status: 200, sent: true }, true],
    ['half an error', { status: 503, sent: true }, false],
  ])('says of %s whether it may be billed', (_what, broken, maybeBilled) => {
    const response: TeacherResponse = { kind: 'broken', cause: 'it broke', partialBody: null, ...broken };
    expect(classify(response)).toMatchObject({ outcome: 'network', maybeBilled });
  });
});
