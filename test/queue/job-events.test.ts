import {
  connectJobEvents,
  type JobEvents,
  type QueueAddress,
  queueOptions,
  workerOptions,
} from '@retort/queue';
import { Queue, Worker } from 'bullmq';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startQueueServer } from '../fixtures/queue-server.ts';

const HOME = 'home';

async function bed() {
  const { socketPath: path } = await startQueueServer();
  const address: QueueAddress = { kind: 'socket', path };
  const queue = new Queue('teach', queueOptions(address, HOME));
  const reader = connectJobEvents(address, HOME);
  const worker = new Worker(
    'teach',
    async (job) => {
      await job.updateProgress({ done: 1 });
      if (job.data.fails === true) throw new Error('broken on purpose');
      return { kind: 'done', answer: 'ja — "oui"' };
    },
    workerOptions(address, HOME, 4),
  );
  onTestFinished(async () => {
    reader.disconnect();
    await worker.close();
    await queue.close();
  });
  return { queue, reader };
}

/** Resolves when `count` jobs have ended, with all that was heard until then. */
function hear(events: JobEvents, count: number): Promise<unknown[]> {
  const heard: unknown[] = [];
  let ended = 0;
  return new Promise((resolve) => {
    const end = (event: unknown): void => {
      heard.push(event);
      ended += 1;
      if (ended === count) resolve(heard);
    };
    events.on('progress', (event) => heard.push(event));
    events.on('completed', end);
    events.on('failed', end);
  });
}

describe('connectJobEvents', () => {
  it('tells progress, results and failures of the jobs that BullMQ runs', async () => {
    const { queue, reader } = await bed();
    const events = reader.ofQueue('teach');
    const all = hear(events, 2);
    events.start();
    await queue.add('job', {}, { jobId: 'fine' });
    await queue.add('job', { fails: true }, { jobId: 'broken' });
    const heard = await all;
    events.stop();
    expect(heard).toContainEqual({ jobId: 'fine', data: { done: 1 } });
    expect(heard).toContainEqual({
      jobId: 'fine',
      returnvalue: { kind: 'done', answer: 'ja — "oui"' },
    });
    expect(heard).toContainEqual({ jobId: 'broken', failedReason: 'broken on purpose' });
  });

  it('tells what happened while nobody listened, once', async () => {
    const { queue, reader } = await bed();
    const events = reader.ofQueue('teach');
    const first = hear(events, 1);
    events.start();
    await queue.add('job', {}, { jobId: 'one' });
    await first;
    events.stop();
    const rest = hear(events, 2);
    await queue.add('job', {}, { jobId: 'two' });
    await queue.add('job', {}, { jobId: 'three' });
    events.start();
    const ids = (await rest).flatMap((event) =>
      typeof event === 'object' && event !== null && 'returnvalue' in event && 'jobId' in event
        ? [event.jobId]
        : [],
    );
    events.stop();
    expect(ids.sort()).toEqual(['three', 'two']);
  });
});
