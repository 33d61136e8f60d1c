import { describe, expect, it } from 'vitest';
import { startQueueServer } from '../../fixtures/queue-server.ts';
import { type Simulation, simulateCalls } from './simulate-calls.ts';

/** Minutes in full: the first one of a simulation is what is left of it. */
const sum = (minutes: readonly { answered: number; refused: number }[]) => ({
  answered: minutes.reduce((total, { answered }) => total + answered, 0),
  refused: minutes.reduce((total, { refused }) => total + refused, 0),
});
const PER_MINUTE = { requestsPerMinute: 600 };

describe('exchange.lua, with the quotas of the double as its judge', () => {
  const simulate = async (simulation: Simulation) => simulateCalls(await startQueueServer(), simulation);

  for (const window of ['fixed', 'sliding'] as const) {
    describe(`in ${window} minutes`, () => {
      it('uses up a limit that it was told, and is never refused', async () => {
        const minutes = await simulate({ quota: PER_MINUTE, known: PER_MINUTE, minutes: 2, window });
        const { answered, refused } = sum(minutes.slice(1));
        expect(answered / 600).toBeGreaterThan(0.99);
        expect(refused).toBe(0);
      });

      it('shares it between processes', async () => {
        const simulation = { quota: PER_MINUTE, known: PER_MINUTE, minutes: 2, window, processes: 3 };
        const [, full] = await simulate(simulation);
        expect(full?.answered).toBeGreaterThan(594);
        expect(full?.refused).toBe(0);
      });

      it('keeps a small limit', async () => {
        const quota = { requestsPerMinute: 7 };
        const [, ...full] = await simulate({ quota, known: quota, minutes: 4, window });
        expect(full.map(({ refused }) => refused)).toEqual([0, 0, 0]);
        expect(sum(full).answered).toBeGreaterThanOrEqual(20);
      });

      it('keeps a limit of input tokens, and gives back what a call did not take', async () => {
        const quota = { inputTokensPerMinute: 400_000 };
        const calls = { quota, known: quota, window, tokens: 1300 };
        const [, asEstimated] = await simulate({ ...calls, minutes: 2 });
        expect(asEstimated).toEqual({ answered: expect.closeTo(400_000 / 1300, -1), refused: 0 });
        const [, fewer] = await simulate({ ...calls, minutes: 2, usedTokens: 1000 });
        expect(fewer?.answered).toBeGreaterThan(395);
        expect(fewer?.refused).toBe(0);
      });

      it('reads a limit from the refusal that names it, and follows it down', async () => {
        const changes = { 4: { requestsPerMinute: 300 } };
        const simulation = { quota: PER_MINUTE, minutes: 6, window, saysQuota: true, changes };
        const [, , third, , fifth, sixth] = await simulate(simulation);
        expect(third?.answered).toBeGreaterThan(570);
        expect(fifth?.answered).toBeGreaterThan(294);
        expect(sixth?.answered).toBeGreaterThan(294);
      });
    });
  }

  it('finds a limit that nobody told, and follows it down and up', async () => {
    const changes = { 7: { requestsPerMinute: 300 }, 11: { requestsPerMinute: 450 } };
    const minutes = await simulate({ quota: PER_MINUTE, minutes: 15, changes });
    const steady = sum(minutes.slice(2, 6));
    expect(steady.answered / 2400).toBeGreaterThan(0.98);
    expect(steady.refused / steady.answered).toBeLessThan(0.05);
    const lower = sum(minutes.slice(7, 10));
    expect(lower.answered / 900).toBeGreaterThan(0.98);
    expect(lower.refused / lower.answered).toBeLessThan(0.05);
    expect(minutes.at(-1)?.answered).toBeGreaterThan(380);
  });

  it('waits a minute where a refusal names no delay, and finds the limit all the same', async () => {
    const minutes = await simulate({ quota: PER_MINUTE, minutes: 6, saysDelay: false });
    const { answered, refused } = sum(minutes);
    expect(answered).toBeGreaterThan(2400);
    expect(refused / answered).toBeLessThan(0.05);
  });

  it('does not take refusals at random for a limit of a minute', async () => {
    const spurious = { rate: 0.02, delayMs: 250 };
    const minutes = await simulate({ quota: {}, minutes: 3, spurious });
    // At 0.25 s a refusal and 50 calls between two, some 4,000 a minute are possible with a handful at once.
    expect(minutes.at(-1)?.answered).toBeGreaterThan(1500);
  });
});
