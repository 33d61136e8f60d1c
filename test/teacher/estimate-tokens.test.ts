import { estimateTokens, worstCaseCostUsd, worstCaseOfManyUsd } from '@retort/teacher';
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

  it('takes behind the OpenAI interface what the dearest model there bills an image', () => {
    const asked = {
      ...question,
      teacher: 'openai',
      model: 'llava',
      promptText: '',
      maxOutputTokens: 0,
      price,
    };
    // 8,512 tokens with a few words were measured of gpt-4o-mini, which is a base of 2,833 and a tile of 5,667.
    expect(worstCaseCostUsd({ ...asked, width: 512, height: 512 })).toBeCloseTo((8500 + 16) / 1e6, 12);
    expect(worstCaseCostUsd({ ...asked, width: 1024, height: 513 })).toBeCloseTo(
      (2833 + 4 * 5667 + 16) / 1e6,
      12,
    );
  });

  it('is the sum over many that are alike', () => {
    const prompts = ['short', 'é longer one'];
    const alike = { ...question, maxOutputTokens: 1000, price };
    const one = prompts.map((promptText) => worstCaseCostUsd({ ...alike, promptText }) ?? Number.NaN);
    const promptBytes = Buffer.byteLength(prompts.join(''));
    expect(worstCaseOfManyUsd({ ...alike, requests: 2, promptBytes })).toBeCloseTo(
      one.reduce((sum, usd) => sum + usd),
      12,
    );
  });

  it('is unknown with an unknown price', () => {
    expect(worstCaseCostUsd({ ...question, maxOutputTokens: 1000, price: null })).toBeNull();
  });
});
