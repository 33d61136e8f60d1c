import type { RunPlan } from '@retort/schema';
import { type PriceQuote, quotePrice } from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';

/** What a call to a plan's teacher costs, and who says so; null when nobody knows. */
export function planPrice(
  { priceOverride }: Pick<PipelineDeps, 'priceOverride'>,
  { teacher, model }: Pick<RunPlan, 'teacher' | 'model'>,
): PriceQuote | null {
  return quotePrice({ teacher, model, override: priceOverride });
}
