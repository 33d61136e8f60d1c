import { estimateTokens, worstCaseCostUsd } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

const question = { model: 'gemini-3.5-flash', width: 512, height: 512, promptText: 'x'.repeat(400) };
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 10 };

describe('estimateTokens', () => {
  it.each([
    ['gemini-3.5-flash', 2048, 512, 1120 + 100],
    ['gemini-4-argon', 512, 512, 1120 + 100],
    ['gemini-2.5-pro', 768, 768, 258 + 100],
    ['models/gemini-2.5-flash', 769, 1536, 4 * 258 + 100],
  ])('of %s with %d x %d pixels', (model, width, height, expected) => {
    expect(estimateTokens({ ...question, model, width, height })).toBe(expected);
  });
});

describe('worstCaseCostUsd', () => {
  it('takes a token for every byte of the words and the whole limit of output', () => {
    const cost = worstCaseCostUsd({ ...question, promptText: 'é'.repeat(100), maxOutputTokens: 1000, price });
    expect(cost).toBeCloseTo((1120 + 200 + 16 + 10 * 1000) / 1e6, 12);
  });

  it('is unknown with an unknown price', () => {
    expect(worstCaseCostUsd({ ...question, maxOutputTokens: 1000, price: null })).toBeNull();
  });
});
