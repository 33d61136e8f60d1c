import type { RequestGroup, SpendingCell } from '@retort/store';
import { estimateTokens, type PriceQuote, worstCaseOfManyUsd } from '@retort/teacher';
import { EXPECTED_OUTPUT_TOKENS } from './spending.ts';

/** What the requests still to be asked will probably cost. USD; null where a price or a cost isn't known. */
export interface CostForecast {
  /** Not those in a batch: these are paid for, or will be. */
  readonly pending: number;
  /** `answers`: mean cost of the answers so far; `estimate`: prices and estimated tokens, before any answer. */
  readonly basis: 'answers' | 'estimate';
  readonly expected_usd: number | null;
  /** Were each asked once and took all it may take. A request that has to be asked again can cost it again. */
  readonly worst_case_usd: number | null;
  /** What was spent or is reserved, and what is expected. */
  readonly total_expected_usd: number | null;
}

export interface ForecastInput {
  readonly cells: readonly SpendingCell[];
  readonly groups: readonly RequestGroup[];
  readonly price: PriceQuote | null;
  /** Spent and reserved so far. */
  readonly spentUsd: number;
}

export function forecastCost({ cells, groups, price, spentUsd }: ForecastInput): CostForecast {
  const pending = groups.filter(({ state, inBatch }) => state === 'pending' && !inBatch);
  const paid = cells.filter(({ state }) => state === 'answered');
  const basis = paid.length > 0 ? 'answers' : 'estimate';
  const expected = sumOrNull(
    pending.map((group) => (basis === 'answers' ? fromAnswers(paid, group) : fromPrice(group, price))),
  );
  const known = cells.every(({ unknownCost }) => unknownCost === 0);
  return {
    pending: pending.reduce((sum, { requests }) => sum + requests, 0),
    basis,
    expected_usd: expected,
    worst_case_usd: sumOrNull(pending.map((group) => worstCaseOf(group, price))),
    total_expected_usd: expected === null || !known ? null : spentUsd + expected,
  };
}

/** At the mean cost of an answered request of the aspect, all its calls included; of any aspect while this has none. */
function fromAnswers(paid: readonly SpendingCell[], { aspect, requests }: RequestGroup): number | null {
  const own = paid.filter((cell) => cell.aspect === aspect);
  const cells = own.length > 0 ? own : paid;
  if (cells.some(({ unknownCost }) => unknownCost > 0)) return null;
  const usd = cells.reduce((sum, { knownUsd }) => sum + knownUsd, 0);
  const answers = cells.reduce(
    (sum, { outcome, attempts }) => sum + (outcome === 'answered' ? attempts : 0),
    0,
  );
  return answers === 0 ? null : (usd / answers) * requests;
}

function fromPrice({ model, requests, pending }: RequestGroup, price: PriceQuote | null): number | null {
  if (price === null || pending === null) return null;
  const images = requests * estimateTokens({ model, ...pending, promptText: '' });
  const inputTokens = images + estimateTextTokens(pending.promptBytes);
  const outputTokens = requests * EXPECTED_OUTPUT_TOKENS;
  return (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1e6;
}

/** Four bytes a token, as the estimate before the run counts. */
function estimateTextTokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}

function worstCaseOf(group: RequestGroup, price: PriceQuote | null): number | null {
  return group.pending === null ? null : worstCaseOfManyUsd({ ...group, ...group.pending, price });
}

function sumOrNull(parts: readonly (number | null)[]): number | null {
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
