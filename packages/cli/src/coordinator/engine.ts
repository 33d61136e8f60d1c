import { setTimeout } from 'node:timers/promises';
import { findPython } from '@retort/environment';
import type { WorkerSettings } from '@retort/pipeline';
import {
  checkServer,
  connectJobEvents,
  explainQueueError,
  type JobEventReader,
  type JobEvents,
  jobRetries,
  probeWrite,
  type QueueAddress,
  queueName,
  queueOptions,
} from '@retort/queue';
import { type JobProgress, STAGES, type Stage } from '@retort/schema';
import { Queue } from 'bullmq';
import { findQueueServerBinary } from './queue-server-binary.ts';
import { type JobSource, runJobs, type StageEnd } from './run-jobs.ts';
import { superviseServer } from './supervise-server.ts';
import { superviseWorker } from './supervise-worker.ts';

/** Closing a connection takes milliseconds where there is a server. */
const CLOSE_TIMEOUT_MS = 3000;

export interface EngineOptions {
  readonly settings: Omit<WorkerSettings, 'address'>;
  /** Worker processes: they share the queue, and what may be asked of a teacher. */
  readonly workers: number;
  readonly queueDir: string;
  /** Process environment: REDIS_URL, RETORT_PYTHON, QUEUE_SERVER_BIN, PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (message: string) => void;
}

export interface RunStageOptions {
  readonly source: JobSource;
  readonly window: number;
  readonly signal: AbortSignal;
  readonly onSettled: (done: number) => void;
  readonly onProgress: (progress: JobProgress) => void;
}

/** The running machinery of a home: queue server, worker process and the queues between them. */
export interface Engine {
  runStage(stage: Stage, options: RunStageOptions): Promise<StageEnd>;
  /**
   * Lets what is in flight end and stops everything.
   *
   * @returns data of teach jobs that no worker ever began: their calls were certainly not made
   */
  close(): Promise<readonly unknown[]>;
  /** Ends everything at once; what was in flight may be asked again. */
  kill(): void;
}

interface StageQueue {
  readonly queue: Queue;
  readonly events: JobEvents;
}

/**
 * Starts the queue server (unless REDIS_URL names one) and the worker processes. All are started again when they die.
 *
 * @throws QueueServerMissingError, QueueServerError, PythonMissingError with what to do
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { env, settings, log, queueDir: dir } = options;
  const { cacheDir } = settings;
  const python = await findPython(env.RETORT_PYTHON);
  const url = env.REDIS_URL ?? '';
  if (url !== '') await checkServer(url);
  const server =
    url === ''
      ? await superviseServer({
          binary: await findQueueServerBinary({ env, cacheDir, python, log }),
          dir,
          python,
          log,
        })
      : null;
  const address: QueueAddress =
    server === null ? { kind: 'url', url } : { kind: 'socket', path: server.socketPath };
  const queues = new Map<Stage, StageQueue>();
  const reader = connectJobEvents(address, settings.homeId);
  for (const stage of STAGES) queues.set(stage, await openQueue(stage, address, settings.homeId, reader));
  const workers = Array.from({ length: options.workers }, () =>
    superviseWorker({ ...settings, address }, python, log),
  );
  const failure = Promise.race([
    ...workers.map(({ failed }) => failed),
    ...(server === null ? [] : [server.failed]),
  ]);
  failure.catch(() => undefined); // it is waited for where a stage runs
  return {
    async runStage(stage, stageOptions) {
      const stageQueue = queues.get(stage);
      if (stageQueue === undefined) throw new TypeError(`no queue for ${stage}`);
      const attempts = jobRetries(queueName(stage));
      const work = async () => {
        await stageQueue.queue.resume();
        stageQueue.events.start();
        const probe = () => probeWrite(stageQueue.queue);
        return runJobs({ ...stageQueue, ...stageOptions, probe, attempts }).finally(() =>
          stageQueue.events.stop(),
        );
      };
      return Promise.race([work(), failure]).catch((error: unknown) => {
        throw explainQueueError(error);
      });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      const unsent = await withinTimeout(unbegunJobs(queues.get('teach')?.queue), []);
      reader.disconnect();
      const closing = [...queues.values()].map(({ queue }) => queue.close());
      // A server that is gone for good would be waited for without end.
      await withinTimeout(Promise.allSettled(closing), []);
      await server?.stop();
      return unsent;
    },
    kill() {
      for (const worker of workers) worker.kill();
      server?.kill();
    },
  };
}

/** Data of the jobs that still wait and that no worker ever took: a job of a dead worker waits too, but was begun. */
async function unbegunJobs(queue: Queue | undefined): Promise<readonly unknown[]> {
  const waiting = (await queue?.getJobs(['waiting', 'prioritized', 'delayed'])) ?? [];
  return waiting.filter((job) => job.attemptsStarted === 0).map((job) => job.data as unknown);
}

function withinTimeout<T>(work: Promise<T>, otherwise: T): Promise<T> {
  return Promise.race([work, setTimeout(CLOSE_TIMEOUT_MS, otherwise, { ref: false })]);
}

async function openQueue(
  stage: Stage,
  address: QueueAddress,
  homeId: string,
  reader: JobEventReader,
): Promise<StageQueue> {
  const connection = queueOptions(address, homeId);
  const queue = new Queue(queueName(stage), connection);
  // A lost connection is made again, and what was missed is reconciled: an 'error' without a listener would end us.
  queue.on('error', () => undefined);
  // The queue is rebuildable: leftovers of a killed run are dropped, so that nothing waits for a dead worker's lock.
  await queue.obliterate({ force: true });
  await queue.trimEvents(0);
  return { queue, events: reader.ofQueue(queueName(stage)) };
}
