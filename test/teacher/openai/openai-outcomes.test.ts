import type { TeacherResult } from '@retort/schema';
import { afterEach, describe, expect, it } from 'vitest';
import { MADE_UP } from '../../fixtures/teacher/gemini-replies.ts';
import { createOpenaiBed } from '../../fixtures/teacher/openai-bed.ts';
import type { OpenaiScenario } from '../../fixtures/teacher/openai-scenarios.ts';

const bed = createOpenaiBed();
afterEach(() => bed.close());

type Expectation = [OpenaiScenario, Partial<TeacherResult>];

describe('createOpenaiTeacher over the wire', () => {
  it.each<Expectation>([
    ['no-words', { outcome: 'malformed', answer: '3.5' }],
    ['null-content', { outcome: 'malformed', answer: null }],
    ['length', { outcome: 'truncated', answer: `${MADE_UP} the picture is`, reason: 'length' }],
    ['content-filter', { outcome: 'blocked', reason: 'content_filter' }],
    ['refusal', { outcome: 'blocked', reason: `refusal: ${MADE_UP} I won't.` }],
    ['tool-calls', { outcome: 'malformed', reason: 'tool_calls' }],
    ['no-choices', { outcome: 'malformed', reason: 'no choices' }],
    ['no-finish-reason', { outcome: 'malformed', reason: 'no finish_reason' }],
    ['unauthorised', { outcome: 'denied', httpStatus: 401 }],
    ['forbidden', { outcome: 'denied', httpStatus: 403 }],
    ['model-not-allowed', { outcome: 'no-such-model', httpStatus: 403 }],
    [
      'rate-limited',
      { outcome: 'rate-limited', retryAfterMs: 62_500, quota: { meter: 'tokens', value: null } },
    ],
    ['rate-limited-briefly', { outcome: 'rate-limited', retryAfterMs: 250 }],
    ['rate-limited-seconds', { outcome: 'rate-limited', retryAfterMs: 7000 }],
    ['rate-limited-no-delay', { outcome: 'rate-limited', retryAfterMs: 60_000 }],
    ['no-quota', { outcome: 'credits', httpStatus: 429, retryAfterMs: null }],
    ['payment-required', { outcome: 'credits', httpStatus: 402 }],
    ['context-exceeded', { outcome: 'invalid', httpStatus: 400 }],
    ['max-tokens-refused', { outcome: 'invalid', httpStatus: 400 }],
    ['too-large', { outcome: 'invalid', httpStatus: 413 }],
    ['server-error', { outcome: 'unavailable', httpStatus: 500, retryAfterMs: null }],
    ['overloaded', { outcome: 'unavailable', httpStatus: 503, retryAfterMs: 3000 }],
    ['redirect', { outcome: 'no-such-model', httpStatus: 307 }],
    ['reset', { outcome: 'network', httpStatus: null, maybeBilled: true, rawBody: null }],
    ['half-answer', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
    ['html-page', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
    ['huge-body', { outcome: 'network', httpStatus: 200, maybeBilled: true }],
  ])('ends %s as the table of outcomes says', async (scenario, expected) => {
    expect(await bed.askIn(scenario)).toMatchObject(expected);
  });

  it.each<Expectation>([
    ['ollama', { outcome: 'answered', modelVersion: 'made-up/vision-1-2026-11-01 (fp_ollama)' }],
    ['ollama-no-model', { outcome: 'no-such-model', httpStatus: 404 }],
    ['ollama-bad-image', { outcome: 'invalid', httpStatus: 400 }],
    ['ollama-native-error', { outcome: 'unavailable', reason: `500: ${MADE_UP} runner died.` }],
    ['vllm-only-thoughts', { outcome: 'truncated', answer: null }],
    ['unfinished-thoughts', { outcome: 'malformed', answer: null }],
    ['vllm-context', { outcome: 'invalid', reason: `400 BadRequestError: ${MADE_UP} no.` }],
    ['vllm-old-error', { outcome: 'no-such-model', reason: expect.stringContaining('does not exist') }],
    ['vllm-unauthorised', { outcome: 'denied', reason: '401: Unauthorized' }],
    ['litellm-budget', { outcome: 'credits', httpStatus: 400 }],
    ['litellm-rate-limited', { outcome: 'rate-limited', retryAfterMs: 5000 }],
    ['azure-filter', { outcome: 'blocked', httpStatus: 400 }],
    ['litellm-filter', { outcome: 'blocked', httpStatus: 400 }],
    ['content-parts', { outcome: 'answered', answer: `${MADE_UP} the first half, and the second.` }],
    ['error-in-200', { outcome: 'rate-limited', httpStatus: 200, retryAfterMs: 2000 }],
  ])('understands %s, a way of its own', async (scenario, expected) => {
    expect(await bed.askIn(scenario)).toMatchObject(expected);
  });

  it.each<OpenaiScenario>(['vllm-thoughts', 'thoughts-in-marks'])(
    'leaves thoughts out of the answer of %s and keeps them in the raw body',
    async (scenario) => {
      const plain = await bed.askIn('answered');
      const result = await bed.askIn(scenario);
      expect(result).toMatchObject({ outcome: 'answered', answer: plain.answer });
      expect(result.rawBody).toContain('a thought.');
    },
  );

  it.each<[OpenaiScenario, TeacherResult['usage']]>([
    ['answered', { inputTokens: 900, outputTokens: 60, thinkingTokens: 25 }],
    ['ollama', { inputTokens: 700, outputTokens: 60, thinkingTokens: null }],
    ['reasoning-beside', { inputTokens: 700, outputTokens: 60, thinkingTokens: 200 }],
  ])('counts no token of %s twice', async (scenario, usage) => {
    expect((await bed.askIn(scenario)).usage).toEqual(usage);
  });
});
