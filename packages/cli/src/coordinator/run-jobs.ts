import type { JobEvents } from '@retort/queue';
import { type JobProgress, type JobResult, jobProgressSchema, jobResultSchema } from '@retort/schema';
import type { Queue } from 'bullmq';

export interface JobSpec {
  /** Unique among jobs in flight; no ':' and not a plain number (BullMQ). */
  readonly id: string;
  readonly data: unknown;
}

/** What can be enqueued now. */
export interface JobBatch {
  readonly jobs: readonly JobSpec[];
  /** When nothing is due now but something will be: in this many ms. */
  readonly waitMs: number | null;
  /** True when nothing will be due any more unless a job in flight leads to it. */
  readonly finished: boolean;
  /** Set when the source gives up for a limit: what is in flight is waited for. */
  readonly stop?: StopReason;
}

export interface StopReason {
  readonly limit: boolean;
  readonly reason: string;
  readonly until: string | null;
  /** When to go on, in words, where that is neither a time nor a matter of money. */
  readonly when?: string | undefined;
}

/** Where a stage's jobs come from: the store decides what is left, never the queue. */
export interface JobSource {
  next(room: number, inFlight: ReadonlySet<string>): JobBatch | Promise<JobBatch>;
}

export type StageEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'interrupted' }
  | ({ readonly kind: 'stop' } & StopReason)
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface RunJobsOptions {
  readonly queue: Pick<Queue, 'addBulk' | 'getJob'>;
  /** Rejects when the queue takes no more writes: asked after a silence, since no event would say so. */
  readonly probe: () => Promise<void>;
  readonly events: Pick<JobEvents, 'on' | 'off'>;
  readonly source: JobSource;
  /** Jobs in the queue at once: a million images need no more queue memory than a thousand. */
  readonly window: number;
  /** Attempts that BullMQ gives a job whose worker throws. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly onSettled: (done: number) => void;
  readonly onProgress: (progress: JobProgress) => void;
}

/** With no event for this long, jobs in flight are looked up in the queue: events may be lost with its server. */
const RECONCILE_MS = 2000;

/** The source is asked again when this share of the window is free: a question for many jobs costs little more than for one. */
const REFILL_SHARE = 0.5;

/** Feeds a window of jobs from `source` and waits for each to settle. Events only wake it: the store knows what is done. */
export async function runJobs(options: RunJobsOptions): Promise<StageEnd> {
  const flight = createFlight(options);
  try {
    for (;;) {
      const end = flight.end() ?? (options.signal.aborted ? ({ kind: 'interrupted' } as const) : null);
      if (end !== null) return end;
      const room = options.window - flight.ids.size;
      const batch = room > 0 ? await options.source.next(room, flight.ids) : null;
      if (batch !== null) await flight.add(batch.jobs);
      if (batch !== null && batch.jobs.length === 0 && flight.ids.size === 0) {
        if (batch.stop !== undefined) return { kind: 'stop', ...batch.stop };
        if (batch.finished) return { kind: 'done' };
      }
      const lowWater = options.window - Math.max(1, Math.floor(options.window * REFILL_SHARE));
      await flight.wait(Math.min(batch?.waitMs ?? RECONCILE_MS, RECONCILE_MS), lowWater);
    }
  } finally {
    flight.close();
  }
}

/** Jobs between queue and store, and what they said at their end. */
function createFlight({ queue, probe, events, attempts, onSettled, onProgress, signal }: RunJobsOptions) {
  const ids = new Set<string>();
  const missing = new Set<string>();
  let settled = 0;
  let ended: StageEnd | null = null;
  let wake: () => void = () => undefined;
  let wakeAt = 0;
  const settle = (id: string, end: StageEnd | null): void => {
    if (end !== null && end.kind !== 'done') ended ??= end;
    missing.delete(id);
    if (!ids.delete(id)) {
      // It was thought lost with its queue; what it says about the run holds all the same.
      if (ended !== null) wake();
      return;
    }
    settled += 1;
    onSettled(settled);
    if (ids.size <= wakeAt || ended !== null) wake();
  };
  const completed = ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }): void =>
    settle(jobId, toEnd(jobResultSchema.parse(returnvalue)));
  const failed = ({ jobId, failedReason }: { jobId: string; failedReason: string }): void =>
    settle(jobId, { kind: 'failed', code: 'job-failed', message: failedReason });
  const progress = ({ jobId, data }: { jobId: string; data: unknown }): void => {
    if (ids.has(jobId)) onProgress(jobProgressSchema.parse(data));
  };
  const aborted = (): void => wake();
  events.on('completed', completed);
  events.on('failed', failed);
  events.on('progress', progress);
  signal.addEventListener('abort', aborted);
  return {
    ids,
    end: () => ended,
    async add(jobs: readonly JobSpec[]): Promise<void> {
      if (jobs.length === 0) return;
      for (const { id } of jobs) ids.add(id);
      await queue.addBulk(jobs.map(({ id, data }) => ({ name: 'job', data, opts: { jobId: id, attempts } })));
    },
    /** Until no more than `lowWater` jobs are left, or the time is over; after a silence, asks the queue which it still has. */
    async wait(ms: number, lowWater: number): Promise<void> {
      const before = settled;
      // Below it already: there is nothing more to ask for until the next job settles.
      wakeAt = Math.max(lowWater, ids.size - 1);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (signal.aborted || ended !== null) wake();
      });
      if (settled === before && ms >= RECONCILE_MS) {
        if (ids.size > 0) await probe();
        for (const id of [...ids]) {
          if ((await queue.getJob(id)) !== undefined) missing.delete(id);
          // A job that just ended is gone before its event is read: only one that stays missing was lost.
          else if (missing.has(id)) settle(id, null);
          else missing.add(id);
        }
      }
    },
    close(): void {
      events.off('completed', completed);
      events.off('failed', failed);
      events.off('progress', progress);
      signal.removeEventListener('abort', aborted);
    },
  };
}

function toEnd(result: JobResult): StageEnd {
  switch (result.kind) {
    case 'done':
      return { kind: 'done' };
    case 'interrupted':
      return { kind: 'interrupted' };
    case 'failed':
      return result;
    case 'stop':
      return result;
  }
}
