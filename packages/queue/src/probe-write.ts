import type { Queue } from 'bullmq';
import { explainQueueError } from './queue-disk-full-error.ts';

const PROBE_LIFE_MS = 1000;

/**
 * Writes a key that is gone after a second. A server with a full disk still answers who reads, and its refusals of a worker's
 * writes reach nobody: the workers ask again and again.
 *
 * @throws QueueDiskFullError
 */
export async function probeWrite(queue: Queue): Promise<void> {
  const client = await queue.backend.client;
  try {
    await client.set(queue.toKey('probe'), '1', { PX: PROBE_LIFE_MS });
  } catch (error) {
    throw explainQueueError(error);
  }
}
