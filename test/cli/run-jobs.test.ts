import { EventEmitter } from 'node:events';
import { QueueDiskFullError } from '@retort/queue';
import { describe, expect, it } from 'vitest';
import { type JobSource, type JobSpec, runJobs } from '../../packages/cli/src/coordinator/run-jobs.ts';

/** A made-up queue that keeps jobs until the test settles them; the real one is used in `test/e2e`. */
function bed() {
  const events = new EventEmitter();
  const held = new Map<string, unknown>();
  const added: string[] = [];
  let most = 0;
  const queue = {
    async addBulk(jobs: readonly { readonly opts?: { readonly jobId?: string } }[]) {
      for (const { opts } of jobs) {
        const id = opts?.jobId ?? '';
        held.set(id, {});
        added.push(id);
        most = Math.max(most, held.size);
        queueMicrotask(() => onAdded(id));
      }
      return [];
    },
    getJob: async (id: string) => held.get(id),
  };
  let onAdded: (id: string) => void = () => undefined;
  const complete = (id: string, result: unknown = { kind: 'done' }): void => {
    held.delete(id);
    events.emit('completed', { jobId: id, returnvalue: result });
  };
  return {
    added,
    held,
    complete,
    most: () => most,
    whenAdded: (listener: (id: string) => void) => {
      onAdded = listener;
    },
    run: (source: JobSource, signal = new AbortController().signal, probe = async () => undefined) =>
      runJobs({
        // Only the methods that runJobs uses are here.
        queue: queue as unknown as Parameters<typeof runJobs>[0]['queue'],
        events: events as unknown as Parameters<typeof runJobs>[0]['events'],
        probe: async () => probe(),
        source,
        window: 4,
        attempts: 1,
        signal,
        onSettled: () => undefined,
        onProgress: () => undefined,
      }),
  };
}

function listOf(count: number): JobSource {
  const jobs: JobSpec[] = Array.from({ length: count }, (_, index) => ({ id: `job-${index}`, data: {} }));
  return {
    next: (room) => ({ jobs: jobs.splice(0, room), waitMs: null, finished: jobs.length === 0 }),
  };
}

describe('runJobs', () => {
  it('runs every job and never holds more than the window', async () => {
    const { run, whenAdded, complete, added, most } = bed();
    whenAdded((id) => setImmediate(() => complete(id)));
    expect(await run(listOf(25))).toEqual({ kind: 'done' });
    expect(added).toHaveLength(25);
    expect(most()).toBeLessThanOrEqual(4);
  });

  it('ends with the first failure a job tells', async () => {
    const { run, whenAdded, complete } = bed();
    const failure = { kind: 'failed', code: 'disk-full', message: 'full' };
    whenAdded((id) => setImmediate(() => complete(id, id === 'job-2' ? failure : { kind: 'done' })));
    expect(await run(listOf(25))).toEqual(failure);
  });

  it('ends when after a silence the queue takes no more writes', async () => {
    const { run } = bed();
    const full = async (): Promise<undefined> => {
      throw new QueueDiskFullError('MISCONF');
    };
    await expect(run(listOf(1), new AbortController().signal, full)).rejects.toThrow(QueueDiskFullError);
  });

  it('notices a job that left the queue without an event', async () => {
    const { run, whenAdded, held } = bed();
    whenAdded((id) => held.delete(id));
    expect(await run(listOf(1))).toEqual({ kind: 'done' });
  });

  it('hears what a job says about the run, however late', async () => {
    const { run, whenAdded, held, complete } = bed();
    const stop = { kind: 'stop', limit: true, reason: 'no more today', until: null } as const;
    whenAdded((id) => {
      // Gone from the queue at once, as BullMQ does it; its event comes after the queue was looked at.
      held.delete(id);
      if (id === 'job-3') setTimeout(() => complete(id, stop), 2050);
    });
    expect(await run(listOf(4))).toEqual(stop);
  });

  it('ends when it is interrupted, and takes no further job', async () => {
    const { run, whenAdded, added } = bed();
    const controller = new AbortController();
    whenAdded(() => controller.abort());
    expect(await run(listOf(25), controller.signal)).toEqual({ kind: 'interrupted' });
    expect(added.length).toBeLessThanOrEqual(4);
  });
});
