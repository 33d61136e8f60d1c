import { randomUUID } from 'node:crypto';
import { type CallLimits, connectLimiter, type LimiterServer, type QueueServer } from '@retort/queue';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startQueueServer } from '../../fixtures/queue-server.ts';

const OPEN: CallLimits = {
  concurrency: 4,
  requestsPerMinute: null,
  inputTokensPerMinute: null,
  requestsPerDay: null,
};

const call = () => ({ id: randomUUID(), tokens: 1000 });

type Question = Parameters<LimiterServer['exchange']>[0];

/** Asks the script itself, at times of the test's own. */
function questionsOf(server: QueueServer, limits: Partial<CallLimits> = {}) {
  const address = { kind: 'socket', path: server.socketPath } as const;
  const limiter = connectLimiter({ address, homeId: 'home', scope: randomUUID() });
  onTestFinished(() => limiter.disconnect());
  let number = 0;
  return async (question: Partial<Question>) => {
    number += 1;
    const answer = await limiter.exchange({
      process: 'test',
      number,
      inFlight: 0,
      limits: { ...OPEN, ...limits },
      day: 'today',
      dayCount: 0,
      ended: [],
      settled: [],
      waiting: [],
      ...question,
    });
    if (answer.kind !== 'granted') throw new Error('the count of the day was given');
    return answer;
  };
}

describe("exchange.lua, asked at times of the test's own", () => {
  it('makes everybody wait while nobody answers, and gives up after a dozen rounds', async () => {
    const ask = questionsOf(await startQueueServer());
    const waits: unknown[] = [];
    let now = Date.UTC(2026, 4, 1);
    while (waits.at(-1) !== 'silence' && waits.length < 20) {
      const tried = call();
      const { granted } = await ask({ now, waiting: [tried] });
      expect(granted).toEqual([tried.id]);
      const ended = [{ ...tried, grantedAt: now, end: 'broken' as const }];
      const { why, waitMs = 0 } = await ask({ now: now + 5, ended, settled: [tried.id], waiting: [call()] });
      waits.push(why === 'silence' ? why : waitMs);
      now += waitMs + 10;
    }
    const minutes = [60_000, 60_000, 60_000];
    expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, ...minutes, 'silence']);
  });

  it('goes on when the clock is set back', async () => {
    const ask = questionsOf(await startQueueServer(), { requestsPerMinute: 60 });
    const now = Date.UTC(2026, 4, 1, 12);
    expect((await ask({ now, waiting: [call()] })).granted).toHaveLength(1);
    const hourBack = now - 3_600_000;
    expect((await ask({ now: hourBack, waiting: [call()] })).waitMs).toBeLessThan(1100);
    expect((await ask({ now: hourBack + 1100, waiting: [call()] })).granted).toHaveLength(1);
  });

  it('hears an end once when its question is sent again', async () => {
    const ask = questionsOf(await startQueueServer(), { requestsPerDay: 2 });
    const now = Date.UTC(2026, 4, 1, 12);
    const [one, two] = [call(), call()];
    await ask({ now, waiting: [one, two] });
    const question = { now, number: 7, ended: [{ ...one, grantedAt: now, end: 'unsent' as const }] };
    await ask(question);
    await ask(question);
    const { granted, why } = await ask({ now, number: 8, waiting: [call(), call()] });
    expect([granted.length, why]).toEqual([1, 'day']);
  });
});
