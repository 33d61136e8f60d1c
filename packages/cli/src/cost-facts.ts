import { describeQuote, type PipelineDeps, spendingTerms } from '@retort/pipeline';
import { ASPECTS } from '@retort/schema';
import type { RequestGroup, RunRow, SpendingCell } from '@retort/store';
import type { PriceQuote } from '@retort/teacher';
import { forecastCost } from './cost-forecast.ts';
import { type CostSums, groupCosts, sumCosts } from './cost-sums.ts';

/** What a home has spent on one run, or on all of them: what `distill cost --json` prints. USD; null is unknown. */
export interface CostFacts extends CostSums {
  /** Null for all runs together. */
  readonly run: string | null;
  readonly reserved_usd: number;
  readonly reserved_calls: number;
  /** Rows in batches whose end is still to come, and what is set aside for them. */
  readonly with_teacher: { readonly batches: number; readonly rows: number; readonly reserved_usd: number };
  readonly by_model: readonly ({ teacher: string; model: string; model_version: string | null } & CostSums)[];
  readonly by_aspect: readonly ({ aspect: string } & CostSums)[];
  readonly by_outcome: readonly ({ outcome: string } & CostSums)[];
}

export type RunCostFacts = CostFacts & ReturnType<typeof runOnlyFacts>;

/** Sums over every run of the home. */
export function homeCostFacts({ store }: Pick<PipelineDeps, 'store'>): CostFacts {
  return baseFacts(store, null, store.spending.cells(null));
}

/** A run's sums, with cap, rates and what is left. `price` is what a call costs now; null when nobody knows. */
export function runCostFacts(
  deps: Pick<PipelineDeps, 'store'>,
  run: RunRow,
  price: PriceQuote | null,
): RunCostFacts {
  const cells = deps.store.spending.cells(run.id);
  const base = baseFacts(deps.store, run.id, cells);
  return { ...base, ...runOnlyFacts(deps, { run, cells, price, base }) };
}

function baseFacts(
  { spending }: PipelineDeps['store'],
  runId: string | null,
  cells: readonly SpendingCell[],
): CostFacts {
  const reserved = spending.reserved(runId);
  const { batches, rows, usd } = spending.inBatches(runId);
  return {
    run: runId,
    ...sumCosts(cells),
    reserved_usd: reserved.usd,
    reserved_calls: reserved.calls,
    with_teacher: { batches, rows, reserved_usd: usd },
    by_model: groupCosts(cells, ({ teacher, model, modelVersion }) => ({
      teacher,
      model,
      model_version: modelVersion,
    })),
    by_aspect: groupCosts(cells, ({ aspect }) => ({ aspect })).sort(byAspect),
    by_outcome: groupCosts(cells, ({ outcome }) => ({ outcome })),
  };
}

interface RunCosts {
  readonly run: RunRow;
  readonly cells: readonly SpendingCell[];
  readonly price: PriceQuote | null;
  readonly base: CostFacts;
}

function runOnlyFacts(deps: Pick<PipelineDeps, 'store'>, { run, cells, price, base }: RunCosts) {
  const { store } = deps;
  const groups = store.spending.requests(run.id);
  const { budgetUsd, quotes } = spendingTerms(deps, run.id);
  const committedUsd = base.known_cost_usd + base.reserved_usd + base.with_teacher.reserved_usd;
  return {
    teacher: run.plan.teacher,
    images: store.spending.images(run.id),
    requests: countStates(groups),
    budget_usd: budgetUsd,
    budget_left_usd: budgetUsd === null ? null : Math.max(0, budgetUsd - committedUsd),
    per_1000_images_usd: per1000Images(cells, groups),
    prices: quotes.map(describeQuote),
    forecast: forecastCost({ cells, groups, price, spentUsd: committedUsd }),
  };
}

function countStates(groups: readonly RequestGroup[]) {
  const count = (state: RequestGroup['state']): number =>
    groups.filter((group) => group.state === state).reduce((sum, { requests }) => sum + requests, 0);
  return { pending: count('pending'), answered: count('answered'), dead_letters: count('dead-letter') };
}

/**
 * What 1,000 images cost at this rate, failures included: each aspect's spending by its answers, added up. Null while an
 * aspect has no answer of this run, or a cost isn't known.
 */
function per1000Images(cells: readonly SpendingCell[], groups: readonly RequestGroup[]): number | null {
  const aspects = [...new Set(groups.map(({ aspect }) => aspect))];
  if (aspects.length === 0) return null;
  let perImage = 0;
  for (const aspect of aspects) {
    const own = cells.filter((cell) => cell.aspect === aspect);
    const { cost_usd: cost } = sumCosts(own);
    const answers = countAnswers(own);
    if (cost === null || answers === 0) return null;
    perImage += cost / answers;
  }
  return perImage * 1000;
}

/** Answers that this run paid for. */
function countAnswers(cells: readonly SpendingCell[]): number {
  return cells
    .filter(({ outcome }) => outcome === 'answered')
    .reduce((sum, { attempts }) => sum + attempts, 0);
}

const ASPECT_ORDER: readonly string[] = [...ASPECTS, 'all'];

/** The three aspects in their order, then calls for all of them. */
function byAspect(a: { readonly aspect: string }, b: { readonly aspect: string }): number {
  return ASPECT_ORDER.indexOf(a.aspect) - ASPECT_ORDER.indexOf(b.aspect);
}
