import { createTeachers, isLimitOutcome, type TaughtAttempt, teachRequest } from '@retort/pipeline';
import { type JobResult, teachJobSchema } from '@retort/schema';
import type { Queue } from 'bullmq';
import { createGatedAttempts } from './gated-attempt.ts';
import { isAttemptStored } from './is-attempt-stored.ts';
import type { Limiters } from './limiters.ts';
import { loadPlan } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** The one thing a teach job may do to its queue. */
export type TeachQueue = Pick<Queue, 'pause'>;

export interface TeachProcessorDeps {
  readonly context: WorkerContext;
  readonly queue: TeachQueue;
  readonly limiters: Limiters;
}

/** Makes one attempt at one request; the answer is on disk before the job completes. */
export function teachProcessor({ context, queue, limiters }: TeachProcessorDeps) {
  const { deps, recorder } = context;
  const teachers = createTeachers(deps, process.env, Math.random);
  const forRun = remember((runId) => teachers.forRun(loadPlan(deps, runId)));
  const gated = createGatedAttempts(context);

  async function stop(end: Extract<JobResult, { kind: 'stop' }>): Promise<JobResult> {
    await queue.pause();
    return end;
  }

  /** The only lines that know what an outcome means to the queue. */
  async function settle({ entry, next }: TaughtAttempt): Promise<JobResult> {
    if (next.kind !== 'stop-run') return { kind: 'done' };
    const limit = isLimitOutcome(entry.attempt.outcome);
    return stop({ kind: 'stop', limit, reason: next.reason, until: next.until });
  }

  return async (job: StageJob): Promise<JobResult> => {
    const teachJob = teachJobSchema.parse(job.data);
    const { runId, request } = teachJob;
    if (isAttemptStored(deps, job, teachJob)) return { kind: 'done', note: 'reused' };
    const teacherDeps = await forRun(runId);
    // No signal of the worker's: a call that was paid for is waited for, and its answer kept.
    const teach = () => teachRequest(teachJob, teacherDeps, new AbortController().signal);
    const { quotaScope } = teacherDeps.teacher;
    if (quotaScope === undefined) {
      const taught = await teach();
      await recorder.record({ kind: 'attempt', entry: taught.entry });
      return settle(taught);
    }
    const limiter = limiters.forScope(quotaScope, request);
    return gated({ limiter, job, teachJob, teach, settle, stop });
  };
}

/** What was made for a key once is made for it again never: a run's plan doesn't change. */
function remember<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
