import type { TeacherResult, TokenUsage } from '@retort/schema';

/** What a model costs, in USD per million tokens. Thinking is paid as output. */
export interface Price {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

/** What a user says with --price-in and --price-out; it wins over the table. */
export type PriceOverride = Price;

export interface PriceTable {
  /** Day the prices were looked up, ISO 8601. */
  readonly checkedAt: string;
  readonly source: string;
  readonly models: Readonly<Record<string, Price>>;
}

/** Online prices of Gemini's standard tier; models whose price isn't known are left out, not guessed. */
export const GEMINI_PRICES: PriceTable = {
  checkedAt: '2026-11-23',
  source: 'https://ai.google.dev/gemini-api/docs/pricing',
  models: {
    'gemini-3.8-flash': { inputUsdPerMillion: 0.75, outputUsdPerMillion: 3.75 },
    'gemini-3.5-flash': { inputUsdPerMillion: 1.5, outputUsdPerMillion: 9 },
    'gemini-3.1-flash-lite': { inputUsdPerMillion: 0.25, outputUsdPerMillion: 1.5 },
  },
};

/** Recorded answers cost nothing to give again. */
const FREE: Price = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

/** Price of a call; null when nobody knows it, which is not 0. */
export function findPrice(query: {
  readonly teacher: string;
  readonly model: string;
  readonly override?: PriceOverride | null;
}): Price | null {
  if (query.teacher === 'replay') return FREE;
  if (query.override) return query.override;
  if (query.teacher === 'gemini-batch') return half(findPrice({ ...query, teacher: 'gemini' }));
  // A model of this name behind another service has another price, or none.
  if (query.teacher !== 'gemini') return null;
  const model = query.model.replace(/^models\//, '');
  return Object.hasOwn(GEMINI_PRICES.models, model) ? (GEMINI_PRICES.models[model] ?? null) : null;
}

/** What a batch costs of the online price (ai.google.dev/gemini-api/docs/batch-api, checked 2026-11-23). */
function half(online: Price | null): Price | null {
  if (online === null) return null;
  return {
    inputUsdPerMillion: online.inputUsdPerMillion / 2,
    outputUsdPerMillion: online.outputUsdPerMillion / 2,
  };
}

/** USD for tokens used; null when the price or the input or output count is unknown. Absent thinking is none. */
export function costUsd(usage: TokenUsage, price: Price | null): number | null {
  if (price === null) return null;
  if (price.inputUsdPerMillion === 0 && price.outputUsdPerMillion === 0) return 0;
  const { inputTokens, outputTokens, thinkingTokens } = usage;
  if (inputTokens === null || (outputTokens === null && thinkingTokens === null)) return null;
  const output = (outputTokens ?? 0) + (thinkingTokens ?? 0);
  return (inputTokens * price.inputUsdPerMillion + output * price.outputUsdPerMillion) / 1e6;
}

/**
 * USD that an attempt counts for: its tokens' price; the worst case when it may have been billed or its tokens weren't
 * told; 0 when the service refused it. Null when that needs a price and there is none.
 */
export function attemptCostUsd(
  attempt: Pick<TeacherResult, 'usage' | 'httpStatus' | 'maybeBilled'>,
  price: Price | null,
  worstCaseUsd: number | null,
): number | null {
  const billed = attempt.maybeBilled || attempt.httpStatus === 200;
  if (!billed) return 0;
  return costUsd(attempt.usage, price) ?? (price === null ? null : worstCaseUsd);
}
