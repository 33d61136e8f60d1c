import { jobOptions, jobRetries, queueName, queueOptions, queuePrefix, workerOptions } from '@retort/queue';
import { STAGES } from '@retort/schema';
import { type Job, Queue, Worker } from 'bullmq';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { startQueueServer } from '../fixtures/queue-server.ts';

const STUCK = new URL('./children/stuck-worker.ts', import.meta.url);
const HOME = '/home/somebody/.retort';

async function openQueue(homeId = HOME) {
  const { socketPath } = await startQueueServer();
  const address = { kind: 'socket', path: socketPath } as const;
  const queue = new Queue('teach', queueOptions(address, homeId));
  onTestFinished(() => queue.close());
  return { queue, address };
}

type Address = Awaited<ReturnType<typeof openQueue>>['address'];

function startWorker(address: Address, homeId: string, processor: (job: Job) => Promise<unknown>) {
  const worker = new Worker('teach', processor, workerOptions(address, homeId, 1));
  worker.on('error', () => undefined); // the server ends with the test
  onTestFinished(() => worker.close(true));
  return worker;
}

const nextEnd = (worker: Worker, event: 'completed' | 'failed') =>
  new Promise<string | undefined>((resolve) => {
    const take = (job: Job | undefined): void => resolve(job?.id);
    worker.once(event, take);
  });

describe('workerOptions', () => {
  it('has the job of a killed worker come back to the next one', async () => {
    const { queue, address } = await openQueue();
    await queue.add('job', {}, { ...jobOptions(1), jobId: 'precious' });
    const stuck = startNode(STUCK, [address.path, HOME]);
    expect(await stuck.line()).toBe('precious');
    stuck.process.kill('SIGKILL');
    await stuck.ended;
    const taken: (string | undefined)[] = [];
    const worker = startWorker(address, HOME, async (job) => {
      taken.push(job.id);
    });
    expect(await nextEnd(worker, 'completed')).toBe('precious');
    expect(taken).toEqual(['precious']);
  }, 40_000);

  it('keeps two homes on one server apart', async () => {
    const { queue, address } = await openQueue();
    const other = new Queue('teach', queueOptions(address, '/another'));
    onTestFinished(() => other.close());
    await other.add('job', {}, { jobId: 'theirs' });
    await queue.add('job', {}, { jobId: 'ours' });
    const taken: (string | undefined)[] = [];
    const worker = startWorker(address, HOME, async (job) => {
      taken.push(job.id);
    });
    expect(await nextEnd(worker, 'completed')).toBe('ours');
    expect(taken).toEqual(['ours']);
    expect(await other.getJobCounts('wait')).toEqual({ wait: 1 });
  });
});

describe('queueOptions', () => {
  it('leaves nothing of a finished job in the queue, whether it went well or not', async () => {
    const { queue, address } = await openQueue();
    const worker = startWorker(address, HOME, async (job) => {
      if (job.id === 'bad') throw new Error('on purpose');
    });
    const ends = Promise.all([nextEnd(worker, 'completed'), nextEnd(worker, 'failed')]);
    await queue.addBulk(['good', 'bad'].map((jobId) => ({ name: 'job', data: {}, opts: { jobId } })));
    expect(await ends).toEqual(['good', 'bad']);
    expect([await queue.getJob('good'), await queue.getJob('bad')]).toEqual([undefined, undefined]);
    // Gone for good: the same id can be asked again.
    const again = nextEnd(worker, 'completed');
    await queue.add('job', {}, { jobId: 'good' });
    expect(await again).toBe('good');
  });
});

describe('queuePrefix', () => {
  it('is the same for the same home, and holds nothing that Redis or BullMQ would read', () => {
    expect(queuePrefix(HOME)).toBe(queuePrefix(HOME));
    expect(queuePrefix(HOME)).not.toBe(queuePrefix('/another'));
    expect(queuePrefix('/a:b{c} d')).toMatch(/^retort-[0-9a-f]{12}$/);
  });
});

describe('jobRetries', () => {
  it('starts again what a child process does, and nothing else', () => {
    const retried = STAGES.filter((stage) => jobRetries(queueName(stage)) > 1);
    expect(retried).toEqual(['encode', 'fit']);
    expect(jobRetries('teach')).toBe(1); // each attempt at a request is a job of its own
  });
});
