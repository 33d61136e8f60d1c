import type { RunPlan } from '@retort/schema';
import type { PriceQuote } from '@retort/teacher';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';
import { planPrice } from './plan-price.ts';

/** Key of the store's notes under which a run's terms stand: money isn't part of what a run is. */
const TERMS = 'spending-terms';

const termsSchema = z.strictObject({
  /** What the run may spend in all, USD, as it was said last; null without a cap. */
  budgetUsd: z.number().min(0).nullable(),
  /** Prices that calls were made at, oldest first; `since` is when the first call at this price could be made. */
  quotes: z.array(
    z.strictObject({
      inputUsdPerMillion: z.number().min(0),
      outputUsdPerMillion: z.number().min(0),
      origin: z.string(),
      since: z.string(),
    }),
  ),
});
export type SpendingTerms = z.infer<typeof termsSchema>;

/** Under which cap and at which prices a run has asked so far. */
export function spendingTerms({ store }: Pick<PipelineDeps, 'store'>, runId: string): SpendingTerms {
  const noted = store.runs.stageResult(TERMS, runId);
  return noted === null ? { budgetUsd: null, quotes: [] } : termsSchema.parse(noted);
}

/** Notes cap and price right before a live teacher is asked, so that they can be told later. */
export function noteSpendingTerms(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
  budgetUsd: number | null,
): void {
  const { quotes } = spendingTerms(deps, run.id);
  const quote = planPrice(deps, run.plan);
  const latest = quotes.at(-1);
  const known = quote === null || (latest !== undefined && isSame(latest, quote));
  const terms: SpendingTerms = {
    budgetUsd,
    quotes: known ? quotes : [...quotes, { ...quote, since: deps.now().toISOString() }],
  };
  deps.store.runs.saveStageResult(TERMS, run.id, terms);
}

function isSame(a: PriceQuote, b: PriceQuote): boolean {
  return (
    a.inputUsdPerMillion === b.inputUsdPerMillion &&
    a.outputUsdPerMillion === b.outputUsdPerMillion &&
    a.origin === b.origin
  );
}

/** `$0.75 in, $3.75 out per million tokens (…)`. */
export function describeQuote({ inputUsdPerMillion, outputUsdPerMillion, origin }: PriceQuote): string {
  return `$${inputUsdPerMillion} in, $${outputUsdPerMillion} out per million tokens: ${origin}`;
}
