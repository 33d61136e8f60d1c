import { type Stage, sha256, shortHex } from '@retort/schema';
import type { JobsOptions, QueueOptions, WorkerOptions } from 'bullmq';
import { type QueueAddress, redisOptions } from './connection.ts';

/** A killed worker's job comes back after about this long, in ms (BullMQ's own default is 60 s). */
export const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 5_000;
/** A job may lose its worker this often before it fails: kills are expected here, and jobs are idempotent. */
const MAX_STALLED_COUNT = 50;
/**
 * Events that a queue keeps for a reader who is behind. A job has four at most, so a window of 1,024 jobs can't outrun it;
 * BullMQ's 10,000 cost 25 KiB a job in a short queue.
 */
const EVENTS_KEPT = 5000;

/** Every queue of a home has this prefix, so that two homes can share one server. */
export function queuePrefix(homeId: string): string {
  return `retort-${shortHex(sha256(homeId))}`;
}

export function queueOptions(address: QueueAddress, homeId: string): QueueOptions {
  return {
    connection: redisOptions(address),
    prefix: queuePrefix(homeId),
    streams: { events: { maxLen: EVENTS_KEPT } },
    defaultJobOptions: jobOptions(1),
  };
}

/** The store knows what is done, so finished jobs leave the queue at once; failed ones too, their reason is an event. */
export function jobOptions(attempts: number): JobsOptions {
  return { attempts, removeOnComplete: true, removeOnFail: true };
}

export function workerOptions(address: QueueAddress, homeId: string, concurrency: number): WorkerOptions {
  return {
    connection: redisOptions(address),
    prefix: queuePrefix(homeId),
    concurrency,
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: MAX_STALLED_COUNT,
  };
}

/** A stage's queue. */
export function queueName(stage: Stage): string {
  return stage;
}

/** Stages whose work is done by a child process that may die and be started again. */
const RETRIED_STAGES: readonly string[] = ['encode', 'fit'] satisfies Stage[];

/** How often BullMQ starts a job of this queue before it fails. Attempts of a teacher are not counted here: each is a job. */
export function jobRetries(queue: string): number {
  return RETRIED_STAGES.includes(queue) ? 3 : 1;
}
