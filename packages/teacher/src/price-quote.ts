import { findPrice, GEMINI_PRICES, type Price } from './prices.ts';

/** A price and where it comes from, in words for people: source and day, or the option that gave it. */
export interface PriceQuote extends Price {
  readonly origin: string;
}

/** The price of a model's calls and who says so: the user, else the table. Null when nobody knows it, which is not 0. */
export function quotePrice(query: {
  readonly teacher: string;
  readonly model: string;
  /** What the user says; not asked for recorded answers, which are free. */
  readonly override: PriceQuote | null;
}): PriceQuote | null {
  const price = findPrice(query);
  if (price === null) return null;
  const { inputUsdPerMillion, outputUsdPerMillion } = price;
  return { inputUsdPerMillion, outputUsdPerMillion, origin: originOf(query) };
}

function originOf({ teacher, override }: Parameters<typeof quotePrice>[0]): string {
  if (teacher === 'replay') return 'recorded answers are free';
  return override?.origin ?? `${GEMINI_PRICES.source} (checked ${GEMINI_PRICES.checkedAt})`;
}
