import { callEndOf, createTeachers, lostAttempt, type TaughtAttempt, teachRequest } from '@retort/pipeline';
import type { Limiter } from '@retort/queue';
import { hashHex, type JobResult, type TeachJob, teachJobSchema } from '@retort/schema';
import type { Queue } from 'bullmq';
import type { Limiters } from './limiters.ts';
import { loadPlan } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Hex digits of a request's hash that tell calls apart; every question to the limiter carries some of them. */
const ID_LENGTH = 32;

/** The one thing a teach job may do to its queue. */
export type TeachQueue = Pick<Queue, 'pause'>;

export interface TeachProcessorDeps {
  readonly context: WorkerContext;
  readonly queue: TeachQueue;
  readonly limiters: Limiters;
}

/** Makes one attempt at one request; the answer is on disk before the job completes. */
export function teachProcessor({ context, queue, limiters }: TeachProcessorDeps) {
  const { deps, recorder, stopping } = context;
  const teachers = createTeachers(deps, process.env, Math.random);
  const forRun = remember((runId) => teachers.forRun(loadPlan(deps, runId)));
  return async (job: StageJob): Promise<JobResult> => {
    const teachJob = teachJobSchema.parse(job.data);
    const { runId, number, request } = teachJob;
    // Only a job that was begun before can have its attempt stored already.
    const isAgain = job.attemptsStarted > 1;
    if (isAgain && deps.store.attempts.has(request.key, number)) return { kind: 'done', note: 'reused' };
    const teacherDeps = await forRun(runId);
    // No signal of the worker's: a call that was paid for is waited for, and its answer kept.
    const teach = () => teachRequest(teachJob, teacherDeps, new AbortController().signal);
    const { quotaScope } = teacherDeps.teacher;
    if (quotaScope === undefined) return settle(await recorded(await teach()), queue);
    return throughGate(limiters.forScope(quotaScope, request), teachJob, job, teach);
  };

  async function recorded(taught: TaughtAttempt): Promise<TaughtAttempt> {
    await recorder.record({ kind: 'attempt', entry: taught.entry });
    return taught;
  }

  async function throughGate(
    limiter: Limiter,
    teachJob: TeachJob,
    job: StageJob,
    teach: () => Promise<TaughtAttempt>,
  ): Promise<JobResult> {
    const { number, request, inputTokens } = teachJob;
    const id = `${hashHex(request.key).slice(0, ID_LENGTH)}-${number}`;
    if (job.attemptsStarted > 1 && (await limiter.isUnderWay(id))) {
      // BullMQ gives a dead worker's job to the next: a call that was let go isn't made again under the same number.
      await recorder.record({ kind: 'attempt', entry: lostAttempt(teachJob, deps.now()) });
      limiter.settle(id);
      return { kind: 'done', note: 'lost' };
    }
    const onWait = (until: Date): void => {
      const note = `over the service's limit: waits until ${until.toTimeString().slice(0, 8)}`;
      void job.updateProgress({ done: 0, total: 0, unit: 'wait', note });
    };
    const entry = await limiter.enter({ id, tokens: inputTokens, onWait }, stopping);
    if (entry.kind !== 'go') {
      await recorder.record({ kind: 'unsent', requestKey: request.key, number });
      if (entry.kind === 'stopped') return { kind: 'interrupted' };
      await queue.pause();
      return { kind: 'stop', limit: true, reason: entry.reason, until: entry.until };
    }
    const taught = await teach();
    // Its place is free before its answer is on disk: a slow disk must not slow the calls down.
    limiter.leave(entry.call, callEndOf(taught.entry.attempt));
    await recorded(taught);
    limiter.settle(id);
    return settle(taught, queue);
  }
}

/** The only lines that know what an outcome means to the queue. */
async function settle({ entry, next }: TaughtAttempt, queue: TeachQueue): Promise<JobResult> {
  if (next.kind !== 'stop-run') return { kind: 'done' };
  await queue.pause();
  const limit = entry.attempt.outcome === 'quota-day' || entry.attempt.outcome === 'credits';
  return { kind: 'stop', limit, reason: next.reason, until: next.until };
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
