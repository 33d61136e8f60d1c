import { type PipelineDeps, planPrice, spendingTerms } from '@retort/pipeline';
import { type RunRow, runningCoordinator } from '@retort/store';
import type { PriceQuote } from '@retort/teacher';
import { homeCostFacts, type RunCostFacts, runCostFacts } from '../cost-facts.ts';
import { describeHomeCost, describeRunCost } from '../cost-text.ts';
import { EXIT } from '../exit-codes.ts';
import { findRun, listRuns } from '../find-run.ts';
import { readPriceOverride } from '../price-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

export interface CostFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly run?: string;
  readonly all?: boolean;
}

/** `distill cost`: what was spent, is set aside and will probably be spent. Works beside a running distill. */
export function costCommand(flags: CostFlags, terminal: Terminal): Promise<number> {
  if (flags.all === true && flags.run !== undefined) {
    throw new UsageError('--run ID or --all, not both: one run, or every run of the home.');
  }
  return withLatestRun(flags, terminal, async (deps, latest) => {
    if (flags.all === true) await printAll(deps, flags, terminal);
    else
      await printRun(
        deps,
        flags.run === undefined ? latest : findRun(deps.store, flags.run),
        flags,
        terminal,
      );
    return EXIT.ok;
  });
}

async function printRun(
  deps: PipelineDeps,
  run: RunRow,
  { json }: CostFlags,
  terminal: Terminal,
): Promise<void> {
  const facts = await factsOf(deps, run, terminal);
  const running = runningCoordinator(deps.home.dir) !== null;
  terminal.print(
    json === true ? JSON.stringify(facts) : describeRunCost(facts, { running, color: terminal.color }),
  );
}

async function printAll(deps: PipelineDeps, { json }: CostFlags, terminal: Terminal): Promise<void> {
  const runs: RunCostFacts[] = [];
  for (const run of listRuns(deps.store)) runs.push(await factsOf(deps, run, terminal));
  const facts = { total: homeCostFacts(deps), runs };
  terminal.print(json === true ? JSON.stringify(facts) : describeHomeCost(facts, terminal));
}

async function factsOf(deps: PipelineDeps, run: RunRow, terminal: Terminal): Promise<RunCostFacts> {
  return runCostFacts(deps, run, await currentPrice(deps, run, terminal));
}

/** What the run's next call costs: the price of its latest ones, else what the environment or the table says. */
async function currentPrice(deps: PipelineDeps, run: RunRow, terminal: Terminal): Promise<PriceQuote | null> {
  const noted = spendingTerms(deps, run.id).quotes.at(-1);
  if (noted !== undefined) return noted;
  const priceOverride = await readPriceOverride({}, run.plan, terminal.env);
  return planPrice({ priceOverride }, run.plan);
}
