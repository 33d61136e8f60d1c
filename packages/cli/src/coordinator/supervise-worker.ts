import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { launch, type Python } from '@retort/environment';
import type { WorkerSettings } from '@retort/pipeline';
import { MAX_RESTARTS, ProcessDiedError } from './process-died-error.ts';

const WORKER = fileURLToPath(new URL('../../../../workers/run.ts', import.meta.url));
/**
 * Jobs live for as long as a call: with V8's 16 MB they are taken for old, and the collector of old things then runs twice a
 * second (measured at 300 calls a second: a fifth of the worker's CPU).
 */
const YOUNG_GENERATION = '--max-semi-space-size=32';
/** Characters of a worker's stderr that are kept for the message of its last end. */
const LAST_WORDS_LENGTH = 2000;

export interface SupervisedWorker {
  /** Rejects when the worker can't be kept running. */
  readonly failed: Promise<never>;
  /** Lets the worker finish what is in flight, and ends it. */
  stop(): Promise<void>;
  kill(): void;
}

/** The worker process, started again when it dies: its jobs come back to the next one. */
export function superviseWorker(
  settings: WorkerSettings,
  python: Python,
  log: (message: string) => void,
): SupervisedWorker {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  let stopping = false;
  let restarts = 0;
  let lastWords = '';
  const start = (): { child: ChildProcess; ended: Promise<void> } => {
    const child = launch({
      python: python.executable,
      program: process.execPath,
      args: [YOUNG_GENERATION, WORKER],
      // Not an argument: REDIS_URL may hold a password, and arguments are there for everybody to see.
      env: { ...process.env, RETORT_WORKER: JSON.stringify(settings) },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-LAST_WORDS_LENGTH);
    });
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    child.once('close', () => resolve());
    child.once('error', () => resolve());
    void ended.then(restart);
    return { child, ended };
  };
  const restart = (): void => {
    if (stopping) return;
    restarts += 1;
    if (restarts > MAX_RESTARTS) {
      fail(new ProcessDiedError('worker process', lastWords.trim()));
      return;
    }
    log('the worker process ended; starting it again');
    running = start();
  };
  let running = start();
  return {
    failed,
    async stop() {
      stopping = true;
      running.child.kill('SIGTERM');
      await running.ended;
    },
    kill() {
      stopping = true;
      running.child.kill('SIGKILL');
    },
  };
}
