import { createTeachers, lostAttempt, type TaughtAttempt, teachRequest } from '@retort/pipeline';
import { type JobResult, teachJobSchema } from '@retort/schema';
import type { Queue } from 'bullmq';
import { loadPlan } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** The two things a teach job may do to its queue. */
export type TeachQueue = Pick<Queue, 'pause' | 'rateLimit'>;

/** Makes one attempt at one request; the answer is on disk before the job completes. */
export const teachProcessor = ({ deps, recorder }: WorkerContext, queue: TeachQueue) => {
  const teachers = createTeachers(deps, process.env, Math.random);
  return async (job: StageJob): Promise<JobResult> => {
    const teachJob = teachJobSchema.parse(job.data);
    const { runId, number, request } = teachJob;
    if (deps.store.attempts.has(request.key, number)) return { kind: 'done', note: 'reused' };
    if (job.attemptsStarted > 1 && request.teacher !== 'replay') {
      // BullMQ gives a dead worker's job to the next: that call isn't made again under the same number.
      await recorder.record({ kind: 'attempt', entry: lostAttempt(teachJob, deps.now()) });
      return { kind: 'done', note: 'lost' };
    }
    const teacherDeps = await teachers.forRun(loadPlan(deps, runId));
    // No signal of the worker's: a call that was paid for is waited for, and its answer kept.
    const taught = await teachRequest(teachJob, teacherDeps, new AbortController().signal);
    await recorder.record({ kind: 'attempt', entry: taught.entry });
    return settle(taught, queue);
  };
};

/** The only lines that know what an outcome means to the queue. */
async function settle({ entry, next }: TaughtAttempt, queue: TeachQueue): Promise<JobResult> {
  if (next.kind === 'again' && entry.attempt.outcome === 'rate-limited')
    await queue.rateLimit(next.notBeforeMs);
  if (next.kind !== 'stop-run') return { kind: 'done' };
  await queue.pause();
  const limit = entry.attempt.outcome === 'quota-day' || entry.attempt.outcome === 'credits';
  return { kind: 'stop', limit, reason: next.reason, until: next.until };
}
