import { describeQuote, noteSpendingTerms, spendingTerms } from '@retort/pipeline';
import { runIdOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { openBed, samplePlan } from './pipeline-bed.ts';

const PLAN = { ...samplePlan(10), recordings: null, teacher: 'gemini', model: 'gemini-3.8-flash' };
const RUN = { id: runIdOf(PLAN), plan: PLAN };
const OWN = { inputUsdPerMillion: 2, outputUsdPerMillion: 10, origin: 'given by --price-in and --price-out' };

describe('noteSpendingTerms', () => {
  it('keeps the cap said last, and each price once, in order', () => {
    const deps = openBed();
    expect(spendingTerms(deps, RUN.id)).toEqual({ budgetUsd: null, quotes: [] });
    noteSpendingTerms(deps, RUN, 5);
    noteSpendingTerms(deps, RUN, 7);
    noteSpendingTerms({ ...deps, priceOverride: OWN }, RUN, 7);
    const terms = spendingTerms(deps, RUN.id);
    expect(terms.budgetUsd).toBe(7);
    expect(terms.quotes.map(({ inputUsdPerMillion }) => inputUsdPerMillion)).toEqual([0.75, 2]);
    expect(terms.quotes[1]).toEqual({ ...OWN, since: '2026-01-02T03:04:05.000Z' });
  });

  it('notes no price where none is known', () => {
    const deps = openBed();
    noteSpendingTerms(deps, { ...RUN, plan: { ...PLAN, model: 'nobody-knows' } }, null);
    expect(spendingTerms(deps, RUN.id).quotes).toEqual([]);
  });
});

describe('describeQuote', () => {
  it('says price and source', () => {
    expect(describeQuote(OWN)).toBe('$2 in, $10 out per million tokens: given by --price-in and --price-out');
  });
});
