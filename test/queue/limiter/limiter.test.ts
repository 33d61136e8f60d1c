import { randomUUID } from 'node:crypto';
import {
  type CallEnd,
  type CallLimits,
  connectLimiter,
  createLimiter,
  type QueueServer,
} from '@retort/queue';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startQueueServer } from '../../fixtures/queue-server.ts';

const OPEN: CallLimits = {
  concurrency: 4,
  requestsPerMinute: null,
  inputTokensPerMinute: null,
  requestsPerDay: null,
};
const ANSWERED: CallEnd = { end: 'answered', usedTokens: null, delayMs: null, meter: null, quota: null };
const NOBODY = new AbortController().signal;
const DAY_ENDS_AT = new Date('2026-05-02T07:00:00.000Z');

interface Process {
  readonly limits?: Partial<CallLimits>;
  readonly scope: string;
  readonly countToday?: () => number;
}

/** A process's limiter at a server, closed when the test is over. */
function processAt(server: QueueServer, { limits, scope, countToday = () => 0 }: Process) {
  const limiter = createLimiter({
    server: connectLimiter({
      address: { kind: 'socket', path: server.socketPath },
      homeId: 'home',
      scope,
    }),
    limits: { ...OPEN, ...limits },
    day: () => ({ name: '2026-5-1', endsAt: DAY_ENDS_AT }),
    countToday,
    now: () => new Date('2026-05-01T12:00:00.000Z'),
  });
  onTestFinished(() => limiter.close());
  return limiter;
}

const call = (tokens = 1000) => ({ id: randomUUID(), tokens });

describe('createLimiter', () => {
  it('lets no more calls go at once than are allowed, over all processes, and the rest in turn', async () => {
    const server = await startQueueServer();
    const scope = randomUUID();
    const processes = [processAt(server, { scope }), processAt(server, { scope })];
    let flying = 0;
    let most = 0;
    const one = async (i: number): Promise<void> => {
      const limiter = processes[i % 2];
      const entry = await limiter?.enter(call(), NOBODY);
      if (entry?.kind !== 'go') throw new Error('nothing but places limits these calls');
      flying += 1;
      most = Math.max(most, flying);
      await new Promise(setImmediate);
      flying -= 1;
      limiter?.leave(entry.call, ANSWERED);
    };
    await Promise.all(Array.from({ length: 60 }, (_, i) => one(i)));
    expect(most).toBe(4);
    expect(flying).toBe(0);
  });

  it('makes every process wait as long as the service told one of them', async () => {
    const server = await startQueueServer();
    const scope = randomUUID();
    const [told, other] = [processAt(server, { scope }), processAt(server, { scope })];
    const entry = await told.enter(call(), NOBODY);
    if (entry.kind !== 'go') throw new Error('the first call may go');
    const at = performance.now();
    told.leave(entry.call, { ...ANSWERED, end: 'refused', delayMs: 400 });
    // Its end is told by the time it is let in itself.
    await told.enter(call(), NOBODY);
    expect(performance.now() - at).toBeGreaterThan(395);
    expect((await other.enter(call(), NOBODY)).kind).toBe('go');
  });

  it('tells the first who waits that the service asked for it, and until when', async () => {
    const server = await startQueueServer();
    const limiter = processAt(server, { scope: randomUUID() });
    const entry = await limiter.enter(call(), NOBODY);
    if (entry.kind !== 'go') throw new Error('the first call may go');
    limiter.leave(entry.call, { ...ANSWERED, end: 'refused', delayMs: 300_000 });
    const stop = new AbortController();
    const until = await new Promise<Date>((onWait) => {
      void limiter.enter({ ...call(), onWait }, stop.signal);
    });
    stop.abort();
    const waitMs = until.getTime() - Date.parse('2026-05-01T12:00:00.000Z');
    expect(waitMs).toBeGreaterThan(290_000);
    expect(waitMs).toBeLessThanOrEqual(300_000);
  });

  it('sends calls away that would have to wait for longer than anybody watches', async () => {
    const server = await startQueueServer();
    const limiter = processAt(server, { scope: randomUUID() });
    const entry = await limiter.enter(call(), NOBODY);
    if (entry.kind !== 'go') throw new Error('the first call may go');
    limiter.leave(entry.call, { ...ANSWERED, end: 'refused', delayMs: 3_600_000 });
    const later = await limiter.enter(call(), NOBODY);
    expect(later).toMatchObject({ kind: 'later', until: expect.stringMatching(/^2026-05-01T1[23]:/) });
  });

  it('lets whoever waits go when the signal comes, and gives its place to another', async () => {
    const server = await startQueueServer();
    const limiter = processAt(server, { scope: randomUUID(), limits: { concurrency: 1 } });
    const first = await limiter.enter(call(), NOBODY);
    const stop = new AbortController();
    const stopped = limiter.enter(call(), stop.signal);
    const next = limiter.enter(call(), NOBODY);
    stop.abort();
    expect(await stopped).toEqual({ kind: 'stopped' });
    if (first.kind === 'go') limiter.leave(first.call, ANSWERED);
    expect((await next).kind).toBe('go');
    expect(await limiter.enter(call(), stop.signal)).toEqual({ kind: 'stopped' });
  });

  it('counts the requests of the day, from the store when the queue server was wiped', async () => {
    const server = await startQueueServer();
    const scope = randomUUID();
    let stored = 1;
    const limiter = processAt(server, { scope, limits: { requestsPerDay: 3 }, countToday: () => stored });
    const entries = [await limiter.enter(call(), NOBODY), await limiter.enter(call(), NOBODY)];
    expect(entries.map(({ kind }) => kind)).toEqual(['go', 'go']);
    const over = {
      kind: 'later',
      reason: 'the 3 requests of the day are used up',
      until: DAY_ENDS_AT.toISOString(),
    };
    expect(await limiter.enter(call(), NOBODY)).toEqual(over);
    stored = 3;
    const redis = new Redis({ path: server.socketPath });
    await redis.flushall();
    redis.disconnect();
    expect(await limiter.enter(call(), NOBODY)).toEqual(over);
  });

  it('knows a call that went through and was never settled, also from another process', async () => {
    const server = await startQueueServer();
    const scope = randomUUID();
    const [died, next] = [processAt(server, { scope }), processAt(server, { scope })];
    const begun = call();
    const entry = await died.enter(begun, NOBODY);
    expect(await next.isUnderWay(begun.id)).toBe(true);
    expect(await next.isUnderWay(call().id)).toBe(false);
    if (entry.kind !== 'go') throw new Error('the first call may go');
    died.leave(entry.call, ANSWERED);
    died.settle(begun.id);
    await died.enter(call(), NOBODY);
    expect(await next.isUnderWay(begun.id)).toBe(false);
  });

  it('never lets a call go again that another process was let make', async () => {
    const server = await startQueueServer();
    const scope = randomUUID();
    const [died, next] = [processAt(server, { scope }), processAt(server, { scope })];
    const begun = call();
    expect((await died.enter(begun, NOBODY)).kind).toBe('go');
    expect(await next.enter(begun, NOBODY)).toEqual({ kind: 'taken' });
    next.settle(begun.id);
    expect((await next.enter(call(), NOBODY)).kind).toBe('go');
    expect((await next.enter(begun, NOBODY)).kind).toBe('go');
  });

  it('keeps services apart', async () => {
    const server = await startQueueServer();
    const one = processAt(server, { scope: 'one', limits: { concurrency: 1 } });
    const two = processAt(server, { scope: 'two', limits: { concurrency: 1 } });
    expect((await one.enter(call(), NOBODY)).kind).toBe('go');
    expect((await two.enter(call(), NOBODY)).kind).toBe('go');
  });
});
