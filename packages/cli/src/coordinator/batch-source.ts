import { type PipelineDeps, type PlanBatchOptions, planBatch, takeBackBatches } from '@retort/pipeline';
import type { RunPlan } from '@retort/schema';
import type { StoredBatch } from '@retort/store';
import type { PriceQuote } from '@retort/teacher';
import type { BatchOptions } from '../batch-options.ts';
import { createBatchNews } from './batch-news.ts';
import { createBatchSchedule } from './batch-schedule.ts';
import type { JobBatch, JobSource, JobSpec, StopReason } from './run-jobs.ts';

/** A wait longer than this, in ms, is a limit to stop at (a day's quota), not a pause. */
const MAX_WAIT_MS = 10 * 60 * 1000;
/** Batches whose lines are written and uploaded side by side: each takes room on the disk. */
const MAX_UPLOADS = 2;

export interface BatchSourceOptions {
  readonly deps: Pick<PipelineDeps, 'store' | 'now'>;
  readonly runId: string;
  readonly plan: RunPlan;
  /** At the price of batches; null when it isn't known. */
  readonly price: PriceQuote | null;
  /** What the run may have spent at its end, USD, worst case; null without a cap. */
  readonly budgetUsd: number | null;
  readonly batch: BatchOptions;
  /** A line for people about something that happened. */
  readonly announce: (line: string) => void;
  /** Where the batches stand, whenever that changed. */
  readonly onState: (state: string) => void;
}

const NOTHING: JobBatch = { jobs: [], waitMs: null, finished: false };

/**
 * A run's batches: plans them, and decides when each is worked on. A job is a batch's id; where the batch is, and so what the job
 * does, stands in the store.
 */
export function createBatchSource(options: BatchSourceOptions): JobSource {
  const { deps, runId, batch } = options;
  const { store } = deps;
  const schedule = createBatchSchedule(batch.pollMs);
  const news = createBatchNews(options);
  const openOnes = createOpenBatches(options);
  const planner = createPlanner(options);
  takeBackBatches(planOptions(options, false));
  const toJob = (due: StoredBatch, nowMs: number): JobSpec => ({
    id: schedule.dispatched(due, nowMs),
    data: { runId, batchId: due.id },
  });
  return {
    next(room, inFlight) {
      const nowMs = deps.now().getTime();
      planner.plan(openOnes(), inFlight);
      const open = openOnes();
      news.look(open);
      const idle = open.filter((each) => !schedule.isInFlight(each, inFlight));
      const due = idle.filter((each) => schedule.dueAt(each) <= nowMs).slice(0, room);
      if (due.length > 0) return { ...NOTHING, jobs: due.map((each) => toJob(each, nowMs)) };
      if (inFlight.size > 0) return NOTHING;
      if (open.length === 0)
        return planner.stop === null ? noneOpen(options, nowMs) : { ...NOTHING, stop: planner.stop };
      if (!batch.wait) return { ...NOTHING, stop: comeBack(open) };
      if (store.requests.counts(runId).pending === 0) return { ...NOTHING, finished: true };
      return { ...NOTHING, waitMs: Math.max(0, Math.min(...idle.map(schedule.dueAt)) - nowMs) };
    },
  };
}

/** Batches that matter to the run: its own, and those of other runs that its requests are in. */
function createOpenBatches({ deps, runId, plan }: BatchSourceOptions): () => readonly StoredBatch[] {
  const serves = new Map<number, boolean>();
  const matters = ({ id, runId: owner }: StoredBatch): boolean => {
    const known = serves.get(id) ?? (owner === runId || deps.store.batches.serves(id, runId));
    serves.set(id, known);
    return known;
  };
  return () => deps.store.batches.open(plan.teacher).filter(matters);
}

/** Plans batches while there is something to ask and room; looks only when something may have changed. */
function createPlanner(options: BatchSourceOptions) {
  const { deps, runId, batch } = options;
  let seen = '';
  let nextAt = '';
  let stop: StopReason | null = null;
  return {
    /** Set when the budget holds no further row. */
    get stop() {
      return stop;
    },
    plan(open: readonly StoredBatch[], inFlight: ReadonlySet<string>): void {
      const state = JSON.stringify([open.map(({ id, state }) => [id, state]), [...inFlight]]);
      if (state === seen && deps.now().toISOString() < nextAt) return;
      seen = state;
      stop = null;
      let unstarted = open.filter(({ state: at }) => at === 'planned' || at === 'uploaded').length;
      for (let count = open.length; count < batch.maxBatches && unstarted < MAX_UPLOADS; count += 1) {
        const planned = planBatch(planOptions(options, count > 0));
        if (planned.kind === 'budget') stop = { limit: true, reason: planned.reason, until: null };
        if (planned.kind !== 'planned') break;
        unstarted += 1;
      }
      const next = deps.store.batches.nextBatchableAt(runId) ?? '';
      // What may be asked already waits for room, for money or for company: that is seen above.
      nextAt = next > deps.now().toISOString() ? next : '9999';
    },
  };
}

function planOptions(options: BatchSourceOptions, holdRetries: boolean): PlanBatchOptions {
  const { deps, runId, plan, price, budgetUsd, batch } = options;
  const { store } = deps;
  return { store, runId, plan, price, budgetUsd, limits: batch.limits, now: deps.now(), holdRetries };
}

function noneOpen({ deps, runId }: BatchSourceOptions, nowMs: number): JobBatch {
  const nextAt = deps.store.batches.nextBatchableAt(runId);
  if (nextAt === null) return { ...NOTHING, finished: true };
  const waitMs = nextAt === '' ? 0 : Math.max(0, Date.parse(nextAt) - nowMs);
  if (waitMs <= MAX_WAIT_MS) return { ...NOTHING, waitMs };
  return { ...NOTHING, stop: { limit: true, reason: 'the quota of the day is used up', until: nextAt } };
}

function comeBack(open: readonly StoredBatch[]): StopReason {
  const rows = open.reduce((sum, each) => sum + each.rows, 0);
  return {
    limit: true,
    reason: `${open.length} ${open.length === 1 ? 'batch' : 'batches'} with ${rows} rows are with the teacher (--no-wait)`,
    until: null,
    when: 'in a while (Google aims at a day, and is mostly sooner)',
  };
}
