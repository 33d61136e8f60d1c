import type { Job } from 'bullmq';
import { LOCK_DURATION_MS } from './queue-options.ts';

/** False when BullMQ has given the job to another worker: this process slept, or its event loop was blocked. */
export async function holdsLock(job: Pick<Job, 'extendLock' | 'token'>): Promise<boolean> {
  return (await job.extendLock(job.token ?? '', LOCK_DURATION_MS)) === 1;
}
