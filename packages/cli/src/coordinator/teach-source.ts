import { budgetReachedReason, buildTeachJob, type PipelineDeps } from '@retort/pipeline';
import { hashHex, type RunPlan, type TeachJob } from '@retort/schema';
import type { DueRequest } from '@retort/store';
import { type Price, worstCaseCostUsd } from '@retort/teacher';
import type { JobBatch, JobSource, StopReason } from './run-jobs.ts';

/** A wait longer than this, in ms, is a limit to stop at (a day's quota), not a pause. */
const MAX_WAIT_MS = 10 * 60 * 1000;

export interface TeachSourceOptions {
  readonly deps: PipelineDeps;
  readonly runId: string;
  readonly plan: RunPlan;
  /** Price of the teacher's model; null when it isn't known. */
  readonly price: Price | null;
  /** What the run may have spent at its end, USD, worst case of every call in flight included; null without a cap. */
  readonly budgetUsd: number | null;
}

/** A run's pending requests, each attempt a job; its worst-case cost is reserved in the store before it is enqueued. */
export function createTeachSource(options: TeachSourceOptions): JobSource {
  const { deps, runId } = options;
  // The latest of those that waited for nothing: whatever is behind it is in flight, settled or waits.
  let after = 0;
  const findDue = (room: number, inFlight: ReadonlySet<string>, now: Date): readonly DueRequest[] => {
    // By request, not by attempt: a reservation already counts as the next attempt.
    const asked = new Set([...inFlight].map(requestOf));
    const find = (limit: number) => {
      const due = deps.store.requests.due(runId, now.toISOString(), limit, after);
      const free = due.filter(({ key }) => !asked.has(hashHex(key)));
      return { free, isTold: free.length === due.length || due.length < limit };
    };
    const { free, isTold } = find(room);
    // Requests that have waited and are in flight stand in front of those that have waited and are not.
    return isTold ? free : find(room + inFlight.size).free.slice(0, room);
  };
  return {
    next(room, inFlight) {
      const now = deps.now();
      let due = findDue(room, inFlight, now);
      if (due.length === 0 && inFlight.size === 0 && after > 0) {
        // What the queue lost is still there to be asked.
        after = 0;
        due = findDue(room, inFlight, now);
      }
      if (due.length === 0) return nothingDue(options, now, inFlight.size);
      const { jobs, stop } = reserve(options, due);
      after =
        due.slice(0, jobs.length).findLast(({ notBeforeAt }) => notBeforeAt === null)?.position ?? after;
      const batch = jobs.map((job) => ({ id: jobIdOf(job), data: job }));
      return { jobs: batch, waitMs: null, finished: false, ...(stop === null ? {} : { stop }) };
    },
  };
}

function jobIdOf({ request, number }: TeachJob): string {
  return `${hashHex(request.key)}-${number}`;
}

/** The request, in hex digits, that a job of this source is an attempt at. */
function requestOf(jobId: string): string {
  return jobId.slice(0, jobId.indexOf('-'));
}

function nothingDue({ deps, runId }: TeachSourceOptions, now: Date, inFlight: number): JobBatch {
  const nextAt = deps.store.requests.nextDueAt(runId);
  if (nextAt === null) return { jobs: [], waitMs: null, finished: inFlight === 0 };
  const waitMs = new Date(nextAt).getTime() - now.getTime();
  // What is due already is in flight: its end wakes us.
  if (waitMs <= 0) return { jobs: [], waitMs: null, finished: false };
  if (waitMs <= MAX_WAIT_MS) return { jobs: [], waitMs, finished: false };
  const stop: StopReason = { limit: true, reason: 'the quota of the day is used up', until: nextAt };
  return { jobs: [], waitMs: null, finished: false, stop };
}

/** Takes as many requests as the budget holds, in one transaction. */
function reserve(
  { deps, runId, plan, price, budgetUsd }: TeachSourceOptions,
  due: readonly DueRequest[],
): { jobs: TeachJob[]; stop: StopReason | null } {
  return deps.store.transaction(() => {
    const { spentUsd, reservedUsd } = deps.store.attempts.committed(runId);
    let committed = spentUsd + reservedUsd;
    const jobs: TeachJob[] = [];
    for (const request of due) {
      const worstCaseUsd = worstCaseCostUsd({ ...request, model: plan.model, price });
      if (budgetUsd !== null && committed + (worstCaseUsd ?? 0) > budgetUsd) {
        const reason = budgetReachedReason({ budgetUsd, spentUsd, reservedUsd, nextUsd: worstCaseUsd ?? 0 });
        return { jobs, stop: { limit: true, reason, until: null } };
      }
      if (worstCaseUsd !== null && worstCaseUsd > 0) {
        deps.store.requests.reserve(runId, request.key, request.nextNumber, worstCaseUsd);
        committed += worstCaseUsd;
      }
      jobs.push(buildTeachJob(request, { runId, number: request.nextNumber, worstCaseUsd }));
    }
    return { jobs, stop: null };
  });
}
