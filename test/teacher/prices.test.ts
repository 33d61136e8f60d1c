import { attemptCostUsd, costUsd, findPrice, GEMINI_PRICES } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

const NO_USAGE = { inputTokens: null, outputTokens: null, thinkingTokens: null };
const USAGE = { inputTokens: 1_000_000, outputTokens: 200_000, thinkingTokens: 300_000 };
const PRICE = { inputUsdPerMillion: 2, outputUsdPerMillion: 10 };

describe('findPrice', () => {
  it('knows a model with or without its prefix', () => {
    const price = GEMINI_PRICES.models['gemini-3.5-flash'];
    expect(price).toEqual({ inputUsdPerMillion: 1.5, outputUsdPerMillion: 9 });
    expect(findPrice({ teacher: 'gemini', model: 'gemini-3.5-flash' })).toEqual(price);
    expect(findPrice({ teacher: 'gemini', model: 'models/gemini-3.5-flash' })).toEqual(price);
  });

  it.each(['gemini-4-argon', 'toString'])('knows no price of %s', (model) => {
    expect(findPrice({ teacher: 'gemini', model })).toBeNull();
  });

  it('believes the user before the table', () => {
    expect(findPrice({ teacher: 'gemini', model: 'gemini-3.5-flash', override: PRICE })).toBe(PRICE);
  });

  it('knows that a replay is free', () => {
    const price = findPrice({ teacher: 'replay', model: 'gemini-1.5-pro' });
    expect(costUsd(NO_USAGE, price)).toBe(0);
  });
});

describe('costUsd', () => {
  it('charges thinking as output', () => {
    expect(costUsd(USAGE, PRICE)).toBeCloseTo(2 + 5);
  });

  it('takes absent thinking for none, and anything else absent for unknown', () => {
    expect(costUsd({ ...USAGE, thinkingTokens: null }, PRICE)).toBeCloseTo(4);
    expect(costUsd({ ...USAGE, inputTokens: null }, PRICE)).toBeNull();
    expect(costUsd(NO_USAGE, PRICE)).toBeNull();
  });

  it('is unknown with an unknown price, never 0', () => {
    expect(costUsd(USAGE, null)).toBeNull();
  });
});

describe('attemptCostUsd', () => {
  it.each([
    ['an answer', { usage: USAGE, httpStatus: 200, maybeBilled: false }, 7],
    ['an answer that did not tell its tokens', { usage: NO_USAGE, httpStatus: 200, maybeBilled: false }, 9],
    ['a call that broke off', { usage: NO_USAGE, httpStatus: null, maybeBilled: true }, 9],
    ['a refusal by the service', { usage: NO_USAGE, httpStatus: 429, maybeBilled: false }, 0],
    ['a refused connection', { usage: NO_USAGE, httpStatus: null, maybeBilled: false }, 0],
  ])('counts %s', (_what, attempt, expected) => {
    expect(attemptCostUsd(attempt, PRICE, 9)).toBeCloseTo(expected);
  });

  it('is unknown for an answer at an unknown price', () => {
    expect(attemptCostUsd({ usage: USAGE, httpStatus: 200, maybeBilled: false }, null, null)).toBeNull();
  });
});
