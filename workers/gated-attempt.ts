import { callEndOf, lostAttempt, type TaughtAttempt } from '@retort/pipeline';
import type { CallEnd, Entry, Limiter } from '@retort/queue';
import { hashHex, type JobResult, type TeachJob } from '@retort/schema';
import { isAttemptStored } from './is-attempt-stored.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Hex digits of a request's hash that tell calls apart; every question to the limiter carries some of them. */
const ID_LENGTH = 32;
/** Whoever waited longer, ms, looks whether the job is still his: its lock lasts twice as long. */
const LOCK_SAFE_MS = 5000;

const UNSENT: CallEnd = { end: 'unsent', usedTokens: null, delayMs: null, meter: null, quota: null };
const BROKEN: CallEnd = { ...UNSENT, end: 'broken' };

export interface GatedAttempt {
  readonly limiter: Limiter;
  readonly job: StageJob;
  readonly teachJob: TeachJob;
  readonly teach: () => Promise<TaughtAttempt>;
  /** What the outcome means to the queue; called when it is on disk. */
  readonly settle: (taught: TaughtAttempt) => Promise<JobResult>;
  /** Ends the run: nothing more can be asked now. */
  readonly stop: (end: Extract<JobResult, { kind: 'stop' }>) => Promise<JobResult>;
}

/**
 * Makes calls that a service limits. A call that was let go once is never made again under the same number, whoever died or slept
 * meanwhile: it is waited for where it still runs, else it counts as perhaps billed.
 */
export function createGatedAttempts({ deps, recorder, stopping }: WorkerContext) {
  const underWay = new Map<string, Promise<JobResult>>();

  return (attempt: GatedAttempt): Promise<JobResult> => {
    const { request, number } = attempt.teachJob;
    const id = `${hashHex(request.key).slice(0, ID_LENGTH)}-${number}`;
    // BullMQ gives a job anew to the process that still has it when that was asleep for longer than its lock lasts.
    const known = underWay.get(id);
    if (known !== undefined) return known;
    const result = enterAndAsk(attempt, id).finally(() => underWay.delete(id));
    underWay.set(id, result);
    return result;
  };

  async function enterAndAsk(attempt: GatedAttempt, id: string): Promise<JobResult> {
    const { limiter, job, teachJob } = attempt;
    const onWait = (until: Date): void => {
      const note = `over the service's limit: waits until ${until.toTimeString().slice(0, 8)}`;
      void job.updateProgress({ done: 0, total: 0, unit: 'wait', note });
    };
    const cameAt = performance.now();
    const entry = await limiter.enter({ id, tokens: teachJob.inputTokens, onWait }, stopping);
    // Its end is stored before it is settled: a call that ended while this job waited in front of the gate is seen here.
    if (isAttemptStored(deps, job, teachJob)) {
      if (entry.kind === 'go') limiter.leave(entry.call, UNSENT);
      limiter.settle(id);
      return { kind: 'done', note: 'reused' };
    }
    if (entry.kind !== 'go') return turnBack(attempt, id, entry);
    if (performance.now() - cameAt > LOCK_SAFE_MS && !(await job.holdsLock())) {
      limiter.leave(entry.call, UNSENT);
      limiter.settle(id);
      return { kind: 'done', note: 'taken over' };
    }
    const taught = await attempt.teach().catch((error: unknown) => {
      limiter.leave(entry.call, BROKEN);
      throw error;
    });
    // Its place is free before its answer is on disk: a slow disk must not slow the calls down.
    limiter.leave(entry.call, callEndOf(taught.entry.attempt));
    await recorder.record({ kind: 'attempt', entry: taught.entry });
    limiter.settle(id);
    return attempt.settle(taught);
  }

  async function turnBack(
    { limiter, job, teachJob, stop }: GatedAttempt,
    id: string,
    entry: Exclude<Entry, { kind: 'go' }>,
  ): Promise<JobResult> {
    if (entry.kind === 'taken') {
      if (!(await job.holdsLock())) return { kind: 'done', note: 'taken over' };
      await recorder.record({ kind: 'attempt', entry: lostAttempt(teachJob, deps.now()) });
      limiter.settle(id);
      return { kind: 'done', note: 'lost' };
    }
    await recorder.record({
      kind: 'unsent',
      requestKey: teachJob.request.key,
      number: teachJob.number,
    });
    switch (entry.kind) {
      case 'stopped':
        return { kind: 'interrupted' };
      case 'silence':
        return stop({ kind: 'stop', limit: false, reason: SILENCE, until: null });
      case 'later':
        return stop({ kind: 'stop', limit: true, reason: entry.reason, until: entry.until });
    }
  }
}

const SILENCE =
  'the service has not answered for minutes ("distill failures --group" and "distill cost" say what came instead). Everything is kept: run it again when it answers.';
