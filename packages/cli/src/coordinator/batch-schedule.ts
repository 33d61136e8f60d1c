import type { StoredBatch } from '@retort/store';

/** The wait grows by this much each time, up to this many times the first one. */
const GROWTH = 1.5;
const MAX_GROWTH = 20;
/** At least this much between two steps of a batch that isn't running, in ms. */
const STEP_MS = 1000;

/** Wait in ms before a batch is looked at again that was looked at `polls` times. */
export function pollDelayMs(polls: number, firstMs: number): number {
  return firstMs * Math.min(GROWTH ** Math.max(0, polls - 1), MAX_GROWTH);
}

/** When each batch is worked on next. Kept in memory: a new start looks at everything once, at once. */
export interface BatchSchedule {
  /** Ms since 1970: when the batch is due; 0 for one that wasn't touched since the start. */
  dueAt(batch: StoredBatch): number;
  /** Notes a job about the batch. Returns the job's id. */
  dispatched(batch: StoredBatch, nowMs: number): string;
  isInFlight(batch: StoredBatch, inFlight: ReadonlySet<string>): boolean;
}

export function createBatchSchedule(firstMs: number): BatchSchedule {
  const jobs = new Map<number, { id: string; polls: number; nextMs: number }>();
  return {
    dueAt({ id, notBeforeAt }) {
      return Math.max(jobs.get(id)?.nextMs ?? 0, notBeforeAt === null ? 0 : Date.parse(notBeforeAt));
    },
    dispatched({ id, state }, nowMs) {
      const before = jobs.get(id);
      const polls = (before?.polls ?? 0) + 1;
      // Before it runs, and while it is collected, the store says how long a failure is waited for.
      const waitMs =
        state === 'running' || polls === 1 ? pollDelayMs(polls, firstMs) : Math.min(firstMs, STEP_MS);
      const job = { id: `batch-${id}-${polls}`, polls, nextMs: nowMs + waitMs };
      jobs.set(id, job);
      return job.id;
    },
    isInFlight: ({ id }, inFlight) => inFlight.has(jobs.get(id)?.id ?? ''),
  };
}
