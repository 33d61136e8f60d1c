import {
  checkPlanTeacher,
  createPipelineDeps,
  homePaths,
  keepTunedStages,
  openDataset,
  type PipelineDeps,
  requestSpec,
} from '@retort/pipeline';
import { type RunPlan, runIdOf, teachJobSchema } from '@retort/schema';
import { DiskFullError, lockHome, type Spending } from '@retort/store';
import { type PriceQuote, quotePrice } from '@retort/teacher';
import { checkScorerConfig } from '../check-scorer-config.ts';
import { describeBatches } from '../coordinator/batch-news.ts';
import { distillRun, type RunEnd } from '../coordinator/distill-run.ts';
import { type Engine, startEngine } from '../coordinator/engine.ts';
import type { ActiveRun } from '../coordinator/stage-plans.ts';
import { type DistillFlags, type DistillOptions, parseDistillOptions } from '../distill-options.ts';
import { EXIT } from '../exit-codes.ts';
import { howToGoOn } from '../how-to-go-on.ts';
import { readPriceOverride, unknownPriceMessage } from '../price-flags.ts';
import { codeCommit, promptsFolder, resolveCache, resolveHome } from '../repository.ts';
import { resultJson, summaryText } from '../run-result.ts';
import { confirmSpending } from '../spending.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { createMeter, type Meter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { dryRun } from './dry-run.ts';

/** Images prepared at once in a worker process: the machine's cores are shared between them. */
const PREPARE_CONCURRENCY = 2;

/** `distill`: runs or continues the whole job. Returns the exit code. */
export async function distillCommand(flags: DistillFlags, terminal: Terminal): Promise<number> {
  const startedAt = performance.now();
  const options = parseDistillOptions(flags, terminal.env);
  const home = resolveHome(flags.home, terminal.env);
  await checkPlan(options.plan);
  const priceOverride = await readPriceOverride(flags, options.plan, terminal.env);
  const price = quotePrice({ ...options.plan, override: priceOverride });
  if (options.dryRun) return dryRun({ options, home, price }, terminal);
  await checkSpending(options, price, terminal);
  const lock = lockHome(home, process.pid);
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder(), priceOverride });
  try {
    const { plan, tunedStagesFile: stages } = options;
    if (plan.tunedStages !== undefined && stages !== null)
      await keepTunedStages(deps.home, plan.tunedStages, stages);
    const isNew = deps.store.runs.get(runIdOf(options.plan)) === null;
    if (isNew) await checkScorerConfig(options.plan, terminal);
    const before = deps.store.attempts.spending(runIdOf(options.plan));
    const end = await work(options, deps, terminal);
    return await conclude(end, { options, deps, terminal, startedAt, before });
  } finally {
    deps.store.close();
    lock.release();
  }
}

/** A wrong path, column, recording or prompt is said before anything is made. */
async function checkPlan(plan: RunPlan): Promise<void> {
  const { description } = await openDataset(plan);
  await requestSpec({ promptsDir: promptsFolder() }, plan, { ...description, id: 0, contentHash: null });
}

/** Everything that would make spending impossible to watch is refused before any call. */
async function checkSpending(
  { plan, budgetUsd }: DistillOptions,
  price: PriceQuote | null,
  terminal: Terminal,
): Promise<void> {
  if (plan.teacher === 'replay') return;
  const warning = await checkPlanTeacher(plan, terminal.env);
  if (warning !== null) terminal.say(warning);
  if (budgetUsd !== null && price === null) throw new UsageError(unknownPriceMessage(plan.model));
}

async function work(options: DistillOptions, deps: PipelineDeps, terminal: Terminal): Promise<RunEnd> {
  const { plan } = options;
  const { store } = deps;
  const runId = runIdOf(plan);
  const meter = createMeter(terminal.screen, () => performance.now());
  const engine = lazyEngine(options, deps, terminal, meter);
  const interrupt = interruptible(terminal, meter, engine.kill);
  const at = (): string => deps.now().toISOString();
  store.runs.start(runId, plan, at());
  try {
    const end = await distillRun({
      ...options,
      runId,
      deps,
      meter,
      signal: interrupt.signal,
      engine: async () => {
        if (!engine.started()) store.runs.setCodeCommit(runId, await codeCommit());
        return engine.get();
      },
      confirmSpending: (run: ActiveRun) => confirmSpending(run, options, terminal),
    });
    await engine.close();
    store.runs.setStatus(runId, STATUS_OF[end.kind], end.kind === 'limit' ? end.reason : null, at());
    return end;
  } catch (error) {
    meter.abandon();
    try {
      await engine.close();
      store.runs.setStatus(runId, 'failed', error instanceof Error ? error.message : String(error), at());
    } catch (later) {
      if (!(later instanceof DiskFullError)) throw later; // a full disk can't hold the status; what stopped the run is told
    }
    throw error;
  } finally {
    interrupt.release();
  }
}

const STATUS_OF = { done: 'done', interrupted: 'stopped', limit: 'limit' } as const;

/** The engine is started when it is first needed, once. */
function lazyEngine(
  { limits, workers }: DistillOptions,
  deps: PipelineDeps,
  terminal: Terminal,
  meter: Meter,
) {
  let engine: Promise<Engine> | null = null;
  const home = deps.home.dir;
  const settings = {
    home,
    homeId: home,
    promptsDir: deps.promptsDir,
    cacheDir: resolveCache(terminal.env),
    limits,
    prepareConcurrency: PREPARE_CONCURRENCY,
    priceOverride: deps.priceOverride,
  };
  return {
    started: () => engine !== null,
    get(): Promise<Engine> {
      engine ??= startEngine({
        settings,
        workers,
        queueDir: homePaths(home).queue,
        env: terminal.env,
        log: (message) => meter.log(message),
      });
      return engine;
    },
    async close(): Promise<void> {
      const running = await engine?.catch(() => null); // what kept it from starting is thrown where it was asked for
      const unsent = (await running?.close()) ?? [];
      deps.store.transaction(() => {
        for (const data of unsent) {
          // A batch that wasn't begun is as it was; its money stays set aside for it.
          const { data: job } = teachJobSchema.safeParse(data);
          if (job !== undefined) deps.store.requests.release(job.request.key, job.number);
        }
      });
    },
    kill(): void {
      void engine?.then((running) => running.kill());
    },
  };
}

interface Conclusion {
  readonly options: DistillOptions;
  readonly deps: PipelineDeps;
  readonly terminal: Terminal;
  readonly startedAt: number;
  readonly before: Spending;
}

/** Says how the run ended, and how to go on. */
async function conclude(
  end: RunEnd,
  { options, deps, terminal, startedAt, before }: Conclusion,
): Promise<number> {
  const run: ActiveRun = { id: runIdOf(options.plan), plan: options.plan, deps };
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  if (options.json) terminal.print(JSON.stringify(await resultJson(run, end, { seconds, before })));
  else if (end.kind !== 'interrupted') terminal.print(await summaryText(run, end, seconds, terminal.color));
  if (end.kind === 'interrupted') {
    const open = deps.store.batches.open(options.plan.teacher).filter(({ name }) => name !== null);
    if (open.length > 0) terminal.say(`Batches go on at Google without us: ${describeBatches(open)}.`);
    terminal.say(`Interrupted. Everything that was finished is stored; go on with: ${terminal.commandLine}`);
    return EXIT.interrupted;
  }
  if (end.kind === 'limit') {
    terminal.say(`Stopped at a limit: ${end.reason}. ${howToGoOn(end, terminal.commandLine)}`);
    return EXIT.limit;
  }
  return EXIT.ok;
}
