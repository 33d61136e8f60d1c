import type { TeacherResult } from '@retort/schema';
import { afterEach, describe, expect, it } from 'vitest';
import { createGeminiBed } from '../../fixtures/teacher/gemini-bed.ts';
import { MADE_UP } from '../../fixtures/teacher/gemini-replies.ts';
import type { GeminiScenario } from '../../fixtures/teacher/gemini-scenarios.ts';

const bed = createGeminiBed();
afterEach(() => bed.close());

describe('createGeminiTeacher over the wire', () => {
  it.each<[GeminiScenario, Partial<TeacherResult>]>([
    ['malformed', { outcome: 'malformed', answer: '{"score": 3}' }],
    ['empty', { outcome: 'malformed', answer: null }],
    ['other-finish', { outcome: 'malformed', reason: 'OTHER' }],
    ['truncated', { outcome: 'truncated', answer: `${MADE_UP} the picture is`, reason: 'MAX_TOKENS' }],
    ['safety', { outcome: 'blocked', reason: 'SAFETY' }],
    ['prohibited-content', { outcome: 'blocked' }],
    ['blocklist', { outcome: 'blocked' }],
    ['spii', { outcome: 'blocked' }],
    ['image-safety', { outcome: 'blocked' }],
    ['recitation', { outcome: 'blocked' }],
    ['prompt-blocked', { outcome: 'blocked', reason: 'promptFeedback PROHIBITED_CONTENT' }],
    ['no-candidates', { outcome: 'blocked', reason: 'no candidates' }],
    [
      'rate-limited',
      { outcome: 'rate-limited', retryAfterMs: 250, quota: { meter: 'requests', value: null } },
    ],
    ['rate-limited-no-delay', { retryAfterMs: 60_000, quota: { meter: 'tokens', value: null } }],
    ['rate-limited-header', { outcome: 'rate-limited', retryAfterMs: 7000 }],
    ['rate-limited-value', { outcome: 'rate-limited', quota: { meter: 'requests', value: 15 } }],
    ['quota-day', { outcome: 'quota-day', retryAfterMs: null }],
    ['credits', { outcome: 'credits', httpStatus: 402 }],
    ['invalid', { outcome: 'invalid', httpStatus: 400 }],
    ['too-large', { outcome: 'invalid', httpStatus: 413 }],
    ['bad-key', { outcome: 'denied', httpStatus: 400 }],
    ['unauthorised', { outcome: 'denied', httpStatus: 401 }],
    ['forbidden', { outcome: 'denied', httpStatus: 403 }],
    ['unavailable', { outcome: 'unavailable', httpStatus: 503, retryAfterMs: null }],
    ['internal-error', { outcome: 'unavailable', httpStatus: 500 }],
    ['bad-gateway', { outcome: 'unavailable', httpStatus: 502, retryAfterMs: 3000 }],
    ['gateway-timeout', { outcome: 'unavailable', httpStatus: 504 }],
    ['redirect', { outcome: 'no-such-model', httpStatus: 302 }],
    ['reset', { outcome: 'network', httpStatus: null, maybeBilled: true, rawBody: null }],
    ['half-answer', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
    ['truncated-json', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
    ['html-page', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
    ['deep-json', { outcome: 'answered' }],
    ['not-utf8', { outcome: 'network', maybeBilled: true }],
  ])('ends %s as the table of outcomes says', async (scenario, expected) => {
    expect(await bed.askIn(scenario)).toMatchObject(expected);
  });
});
