import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import { type QueueAddress, redisOptions } from './connection.ts';
import { queuePrefix } from './queue-options.ts';

/** What BullMQ says about jobs, as far as somebody here listens. */
export interface JobEventMap {
  completed: [{ readonly jobId: string; readonly returnvalue: unknown }];
  failed: [{ readonly jobId: string; readonly failedReason: string }];
  progress: [{ readonly jobId: string; readonly data: unknown }];
}

/** Events of one queue. */
export interface JobEvents extends Pick<EventEmitter<JobEventMap>, 'on' | 'off'> {
  /** Reads events until `stop`; from the stream's beginning the first time, then from where it stopped. */
  start(): void;
  stop(): void;
}

export interface JobEventReader {
  ofQueue(name: string): JobEvents;
  disconnect(): void;
}

/**
 * How often the stream is read, ms. BullMQ's own QueueEvents waits at the stream instead and wakes up for each of a job's four
 * events: at 300 jobs a second that took more CPU than everything else of the coordinator together.
 */
const READ_EVERY_MS = 60;
const MOST_READ = 1000;

/** Reads the event streams of a home's queues (BullMQ 6.7 writes them) over one connection. */
export function connectJobEvents(address: QueueAddress, homeId: string): JobEventReader {
  const client = new Redis(redisOptions(address));
  // A lost connection is made again, and what was missed is reconciled: an 'error' without a listener would end us.
  client.on('error', () => undefined);
  return {
    ofQueue: (name) => createJobEvents(client, `${queuePrefix(homeId)}:${name}:events`),
    disconnect: () => client.disconnect(),
  };
}

function createJobEvents(client: Pick<Redis, 'xread'>, stream: string): JobEvents {
  const emitter = new EventEmitter<JobEventMap>();
  let lastId = '0';
  let running: symbol | null = null;
  async function read(run: symbol): Promise<void> {
    while (running === run) {
      const reply = await client.xread('COUNT', MOST_READ, 'STREAMS', stream, lastId).catch(() => null);
      const entries = reply?.[0]?.[1] ?? [];
      for (const [id, fields] of entries) {
        lastId = id;
        emit(emitter, readFields(fields));
      }
      if (entries.length < MOST_READ) await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    }
  }
  return {
    on: emitter.on.bind(emitter),
    off: emitter.off.bind(emitter),
    start() {
      running = Symbol(stream);
      void read(running);
    },
    stop() {
      running = null;
    },
  };
}

function emit(emitter: EventEmitter<JobEventMap>, fields: ReadonlyMap<string, string>): void {
  const jobId = fields.get('jobId') ?? '';
  switch (fields.get('event')) {
    case 'completed':
      emitter.emit('completed', { jobId, returnvalue: JSON.parse(fields.get('returnvalue') ?? 'null') });
      break;
    case 'failed':
      emitter.emit('failed', { jobId, failedReason: fields.get('failedReason') ?? '' });
      break;
    case 'progress':
      emitter.emit('progress', { jobId, data: JSON.parse(fields.get('data') ?? 'null') });
  }
}

/** A stream entry's names and values, in turn. */
function readFields(flat: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i] ?? '', flat[i + 1] ?? '');
  return fields;
}
