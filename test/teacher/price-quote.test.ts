import { GEMINI_PRICES, quotePrice } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

const OWN = { inputUsdPerMillion: 2, outputUsdPerMillion: 10, origin: 'given by --price-in and --price-out' };

describe('quotePrice', () => {
  it('names the table and its day where the user says nothing', () => {
    const quote = quotePrice({ teacher: 'gemini', model: 'gemini-3.8-flash', override: null });
    expect(quote?.origin).toContain(GEMINI_PRICES.checkedAt);
    expect(quote?.origin).toContain(GEMINI_PRICES.source);
  });

  it.each(['gemini', 'openai'])('believes the user before the table, for %s', (teacher) => {
    expect(quotePrice({ teacher, model: 'gemini-3.8-flash', override: OWN })).toEqual(OWN);
  });

  it('knows no price that neither the user nor the table says', () => {
    expect(quotePrice({ teacher: 'openai', model: 'gemini-3.8-flash', override: null })).toBeNull();
  });

  it('charges nothing for recorded answers, whatever the user says', () => {
    const quote = quotePrice({ teacher: 'replay', model: 'recorded', override: OWN });
    expect(quote).toMatchObject({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 });
    expect(quote?.origin).toContain('free');
  });
});
