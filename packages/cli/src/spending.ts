import { countPrepared, noteSpendingTerms, planPrice } from '@retort/pipeline';
import { aspectsAsked } from '@retort/schema';
import type { DueRequest } from '@retort/store';
import { estimateTokens, isBatchTeacherName, type Price, type TokenQuestion } from '@retort/teacher';
import type { ActiveRun } from './coordinator/stage-plans.ts';
import { selectedSamples } from './coordinator/stage-plans.ts';
import type { DistillOptions } from './distill-options.ts';
import type { Terminal } from './terminal/terminal.ts';
import { UsageError } from './usage-error.ts';

/** Output tokens of one description, thinking not counted: recorded answers have about 70, ours are asked to be longer. */
export const EXPECTED_OUTPUT_TOKENS = 150;
/** Seconds of one call to a live teacher, about; for the estimate of time only. */
const EXPECTED_CALL_SECONDS = 6;

export interface SpendingEstimate {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null when the price isn't known. */
  readonly costUsd: number | null;
  readonly seconds: number;
}

/** What the calls to a live teacher will probably take. */
export function estimateSpending(
  requests: Iterable<TokenQuestion & Pick<DueRequest, 'aspect' | 'aspects'>>,
  price: Price | null,
  concurrency: number,
): SpendingEstimate {
  let calls = 0;
  let inputTokens = 0;
  let descriptions = 0;
  for (const request of requests) {
    calls += 1;
    inputTokens += estimateTokens(request);
    descriptions += aspectsAsked(request).length;
  }
  const outputTokens = descriptions * EXPECTED_OUTPUT_TOKENS;
  const costUsd =
    price === null
      ? null
      : (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1e6;
  return {
    calls,
    inputTokens,
    outputTokens,
    costUsd,
    seconds: Math.ceil(calls / concurrency) * EXPECTED_CALL_SECONDS,
  };
}

export function describeEstimate(estimate: SpendingEstimate, model: string): string {
  const { calls, inputTokens, outputTokens, costUsd } = estimate;
  const cost = costUsd === null ? 'cost unknown (no price for this model)' : `about $${costUsd.toFixed(2)}`;
  return `${calls} calls to ${model}: about ${inputTokens} tokens in, ${outputTokens} out (thinking not counted), ${cost}`;
}

/**
 * Shows the estimate and asks, unless --yes was given.
 *
 * @returns false when the answer is no
 * @throws UsageError when nobody can be asked
 */
export async function confirmSpending(
  run: ActiveRun,
  options: DistillOptions,
  terminal: Terminal,
): Promise<boolean> {
  const { store } = run.deps;
  // What is in a batch already is paid for.
  const pending = isBatchTeacherName(run.plan.teacher)
    ? store.batches.eachBatchable(run.id)
    : store.requests.eachPending(run.id);
  const estimate = estimateSpending(pending, planPrice(run.deps, run.plan), options.concurrency);
  if (estimate.calls === 0) {
    // Nothing to confirm, but what is in batches may have to be asked again under these terms.
    noteSpendingTerms(run.deps, run, options.budgetUsd);
    return true;
  }
  const images = countPrepared(selectedSamples(run));
  terminal.say(`${describeEstimate(estimate, run.plan.model)}, for ${images} images`);
  if (options.yes) {
    noteSpendingTerms(run.deps, run, options.budgetUsd);
    return true;
  }
  const answer = await terminal.ask('Ask the teacher now? [y/N] ');
  if (answer.kind === 'nobody') {
    throw new UsageError('Nobody is here to confirm the spending: pass --yes to ask the teacher.');
  }
  const agreed = answer.kind === 'answer' && /^y(es)?$/i.test(answer.text.trim());
  if (agreed) noteSpendingTerms(run.deps, run, options.budgetUsd);
  else terminal.say('Nothing was asked and nothing was spent.');
  return agreed;
}
