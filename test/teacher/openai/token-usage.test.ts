import { describe, expect, it } from 'vitest';
import { readAnswerBody, tokenUsageOf } from '../../../packages/teacher/src/openai/openai-body.ts';

const usageOf = (usage: object) =>
  tokenUsageOf(readAnswerBody(JSON.stringify({ choices: [], usage }))?.usage ?? null);

describe('tokenUsageOf', () => {
  it('takes thoughts out of the output', () => {
    const details = { reasoning_tokens: 40 };
    expect(usageOf({ prompt_tokens: 9, completion_tokens: 50, completion_tokens_details: details })).toEqual({
      inputTokens: 9,
      outputTokens: 10,
      thinkingTokens: 40,
    });
  });

  it.each([1.5, -1, 1e300, 1e15])('takes a count of %s for none', (odd) => {
    const details = { reasoning_tokens: odd };
    expect(
      usageOf({ prompt_tokens: odd, completion_tokens: odd, completion_tokens_details: details }),
    ).toEqual({ inputTokens: null, outputTokens: null, thinkingTokens: null });
  });
});
