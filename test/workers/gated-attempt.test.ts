import { randomUUID } from 'node:crypto';
import { createTeachers, type PipelineDeps, teachRequest } from '@retort/pipeline';
import { type CallEnd, connectLimiter, createLimiter, type Limiter, type QueueServer } from '@retort/queue';
import type { TeachJob } from '@retort/schema';
import { startRecorder } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGatedAttempts } from '../../workers/gated-attempt.ts';
import type { StageJob } from '../../workers/worker-context.ts';
import { startQueueServer } from '../fixtures/queue-server.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBed, planRun, prepared, samplePlan, toJob } from '../pipeline/pipeline-bed.ts';

const NOW = new Date('2026-01-02T03:04:05.000Z');
const ANSWERED: CallEnd = { end: 'answered', usedTokens: null, delayMs: null, meter: null, quota: null };
const ONE_AT_A_TIME = {
  concurrency: 1,
  requestsPerMinute: null,
  inputTokensPerMinute: null,
  requestsPerDay: null,
};

/** A worker process's own gate and recorder, on the store and the server that it shares with others. */
function workerOn(deps: PipelineDeps, server: QueueServer, scope: string) {
  const limiter: Limiter = createLimiter({
    server: connectLimiter({ address: { kind: 'socket', path: server.socketPath }, homeId: 'home', scope }),
    limits: ONE_AT_A_TIME,
    day: () => ({ name: '2026-1-2', endsAt: NOW }),
    countToday: () => 0,
    now: () => NOW,
  });
  const recorder = startRecorder(deps.home.dir);
  onTestFinished(async () => {
    await limiter.close();
    await recorder.close();
  });
  const stopping = new AbortController().signal;
  const gated = createGatedAttempts({
    deps,
    recorder,
    stopping,
    scorerEnvironment: { cacheDir: temporaryFolder(), env: {} },
  });
  return { limiter, gated };
}

const jobOf = (teachJob: TeachJob, attemptsStarted: number, holds: boolean): StageJob => ({
  data: teachJob,
  attemptsStarted,
  updateProgress: async () => undefined,
  holdsLock: async () => holds,
});

/** Answers when told to. */
function latch() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('createGatedAttempts', () => {
  it('makes no call again that ended while another worker, who was given its job, waited for a place', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(1, { aspects: ['quality'] }));
    await planRun(deps, run);
    const due = deps.store.requests.due(run.id, NOW.toISOString(), 1)[0];
    if (due === undefined) throw new Error('one request is due');
    const teachJob = toJob(run.id, due);
    const teacher = await createTeachers(deps, {}, () => 0.5).forRun(run.plan);
    const server = await startQueueServer();
    const scope = randomUUID();
    const [asleep, other] = [workerOn(deps, server, scope), workerOn(deps, server, scope)];
    const called: string[] = [];
    const [started, awake] = [latch(), latch()];
    const ask = async (who: string) => {
      called.push(who);
      if (who === 'asleep') {
        started.open();
        await awake.opened;
      }
      return teachRequest(teachJob, teacher, new AbortController().signal);
    };
    const attempt = (who: string, limiter: Limiter, job: StageJob) => ({
      limiter,
      job,
      teachJob,
      teach: () => ask(who),
      settle: async () => ({ kind: 'done' as const }),
      stop: async (end: { readonly kind: 'stop' }) => {
        throw new Error(`nothing stops this run: ${end.kind}`);
      },
    });
    const first = asleep.gated(attempt('asleep', asleep.limiter, jobOf(teachJob, 1, false)));
    await started.opened;
    // The only place is taken by the one that sleeps: whoever was given its job waits in front of the gate.
    const second = other.gated(attempt('other', other.limiter, jobOf(teachJob, 2, true)));
    const third = asleep.limiter.enter({ id: 'third', tokens: 1 }, new AbortController().signal);
    awake.open();
    expect(await first).toEqual({ kind: 'done' });
    // It took the place before the first one's end was stored, and gives it back with the news of that end.
    const entry = await third;
    if (entry.kind !== 'go') throw new Error('the place was free');
    asleep.limiter.leave(entry.call, ANSWERED);
    expect(await second).toEqual({ kind: 'done', note: 'reused' });
    expect(called).toEqual(['asleep']);
    expect(deps.store.attempts.spending(run.id).attempts).toBe(1);
  });
});
