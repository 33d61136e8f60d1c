import { Worker } from 'node:worker_threads';
import { DiskFullError } from './errors.ts';
import type { RecordedAttempt } from './record-attempt.ts';
import type { PreparedSample } from './samples.ts';

/** What a worker hands over to be stored. */
export type RecorderEntry =
  | { readonly kind: 'attempt'; readonly entry: RecordedAttempt }
  /** A call that was certainly not made: its money is given back. */
  | { readonly kind: 'unsent'; readonly requestKey: string; readonly number: number }
  | { readonly kind: 'prepared'; readonly sampleId: number; readonly prepared: PreparedSample };

/** A message to the recorder's thread and its answer. */
export interface RecorderMessage {
  readonly id: number;
  readonly entry: RecorderEntry;
}
export interface RecorderReply {
  readonly ids: readonly number[];
  /** Null when the batch is committed. */
  readonly failure: { readonly message: string; readonly diskFull: boolean } | null;
}

export interface Recorder {
  /** Settles once the entry is committed and synced to disk; rejects when it can't be, or when the recorder has ended. */
  record(entry: RecorderEntry): Promise<void>;
  /** Waits for what was handed over and ends the thread. */
  close(): Promise<void>;
}

/**
 * How long an attempt waits for others, ms, and how many wait at most, before they are committed together: little beside a call,
 * and at 300 calls a second it saves nine of ten syncs. What else is stored doesn't wait.
 */
const GATHER_MS = 50;
const GATHER_MOST = 16;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Starts the one writer of a worker process: a thread of its own with a connection of its own, so that a slow fsync never
 * holds up the event loop that renews job locks. Entries that arrive together are one commit.
 *
 * @throws DiskFullError from `record` when the disk is full; nothing of that batch is stored
 */
export function startRecorder(home: string): Recorder {
  const thread = new Worker(new URL('./recorder-thread.ts', import.meta.url), { workerData: { home } });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  thread.on('message', (reply: RecorderReply) => {
    for (const id of reply.ids) {
      const entry = waiting.get(id);
      waiting.delete(id);
      if (reply.failure === null) entry?.resolve();
      else entry?.reject(toError(home, reply.failure));
    }
  });
  let over: Error | null = null;
  const abandon = (error: Error): void => {
    over ??= error;
    for (const entry of waiting.values()) entry.reject(over);
    waiting.clear();
  };
  thread.on('error', abandon);
  const ended = new Promise<void>((resolve) => {
    thread.on('exit', () => {
      abandon(new Error('the recorder has ended'));
      resolve();
    });
  });
  let outbox: RecorderMessage[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  /** Entries that arrive together cross over to the thread together. */
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isLate = false;
    if (outbox.length > 0) thread.postMessage(outbox);
    outbox = [];
  };
  const schedule = (ms: number): void => {
    if (ms === 0 && !isLate) {
      // In this turn of the loop others may come.
      isLate = true;
      setImmediate(send);
    }
    timer ??= setTimeout(send, ms);
  };
  return {
    record: (entry) =>
      new Promise((resolve, reject) => {
        if (over !== null) {
          reject(over);
          return;
        }
        waiting.set(nextId, { resolve, reject });
        outbox.push({ id: nextId, entry });
        nextId += 1;
        schedule(entry.kind === 'attempt' && outbox.length < GATHER_MOST ? GATHER_MS : 0);
      }),
    async close() {
      send();
      thread.postMessage('close');
      await ended;
    },
  };
}

function toError(home: string, failure: { message: string; diskFull: boolean }): Error {
  const cause = new Error(failure.message);
  return failure.diskFull ? new DiskFullError(home, cause) : cause;
}
