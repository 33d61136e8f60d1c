import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteSpendingTerms } from '@retort/pipeline';
import type { Attempt } from '@retort/schema';
import { openStore, type Settlement } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { type CostFlags, costCommand } from '../../packages/cli/src/commands/cost.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBed } from '../pipeline/pipeline-bed.ts';
import { fillHome, PLAN, plannedRequest, RUN_ID, recordedAttempt } from '../store/filled-home.ts';
import { batchOf } from '../store/planned-batch.ts';
import { quietTerminal } from './quiet-terminal.ts';

const PRICE = {
  inputUsdPerMillion: 1,
  outputUsdPerMillion: 10,
  origin: 'given by --price-in and --price-out',
};
type Recorded = readonly [number, Partial<Attempt>, Settlement?];

/** A run of five requests with these attempts, under a cap of $2. */
function home(attempts: readonly Recorded[], budgetUsd: number | null = 2): string {
  const dir = temporaryFolder();
  const store = openStore(dir);
  fillHome(store, 5);
  for (const [i, change, settlement] of attempts)
    store.attempts.record(recordedAttempt(plannedRequest(i).key, change, settlement));
  store.close();
  const deps = { ...openBed(dir), priceOverride: PRICE };
  noteSpendingTerms(deps, { id: RUN_ID, plan: PLAN }, budgetUsd);
  return dir;
}

async function cost(dir: string, flags: CostFlags = {}, env: Record<string, string> = {}): Promise<string> {
  const { terminal, printed } = quietTerminal(env);
  expect(await costCommand({ home: dir, ...flags }, terminal)).toBe(0);
  return printed.join('\n');
}

const json = async (...args: Parameters<typeof cost>) =>
  JSON.parse(await cost(args[0], { ...args[1], json: true }, args[2]));

const DEAD: Recorded = [
  2,
  { outcome: 'blocked', description: null, answer: null, costUsd: 0.005 },
  { state: 'dead-letter', reason: 'SAFETY' },
];

describe('distill cost', () => {
  it('says what was spent, what failures cost, and what is left at the mean cost so far', async () => {
    const facts = await json(home([[0, { costUsd: 0.01 }], [1, { costUsd: 0.03 }], DEAD]));
    expect(facts).toMatchObject({
      run: RUN_ID,
      calls: 3,
      cost_usd: expect.closeTo(0.045, 12),
      unknown_cost_calls: 0,
      tokens: { input: 900, output: 120, thinking: 0 },
      images: 5,
      requests: { pending: 2, answered: 2, dead_letters: 1 },
      budget_usd: 2,
      budget_left_usd: expect.closeTo(1.955, 12),
      // 0.045 USD for two answers.
      per_1000_images_usd: expect.closeTo(22.5, 9),
      by_outcome: [
        expect.objectContaining({ outcome: 'answered', calls: 2, cost_usd: expect.closeTo(0.04, 12) }),
        expect.objectContaining({ outcome: 'blocked', calls: 1, cost_usd: 0.005 }),
      ],
    });
    // An answered request cost 0.02 USD; two are left. Worst case: 1,120 + 16 + 10 bytes in, 2,048 out, at $1 and $10.
    expect(facts.forecast).toEqual({
      pending: 2,
      basis: 'answers',
      expected_usd: expect.closeTo(0.04, 12),
      worst_case_usd: expect.closeTo((2 * (1120 + 16 + 'Look at 3.'.length + 20480)) / 1e6, 12),
      total_expected_usd: expect.closeTo(0.085, 12),
    });
    expect(facts.prices).toEqual([expect.stringContaining('given by --price-in')]);
  });

  it('takes an unknown cost for unknown, never for 0', async () => {
    const dir = home([
      [0, { costUsd: 0.01 }],
      [1, { costUsd: null }],
    ]);
    const facts = await json(dir);
    expect(facts).toMatchObject({
      cost_usd: null,
      known_cost_usd: 0.01,
      unknown_cost_calls: 1,
      per_1000_images_usd: null,
    });
    expect(facts.forecast).toMatchObject({ expected_usd: null, total_expected_usd: null });
    expect(await cost(dir)).toContain("unknown: $0.0100, and 1 call whose cost isn't known");
  });

  it('tells apart what may have been billed, in lost calls and in calls nobody knows the end of', async () => {
    const dir = home([[0, { outcome: 'network', maybeBilled: true, costUsd: 0.02 }]]);
    const store = openStore(dir);
    store.requests.reserve(RUN_ID, plannedRequest(1).key, 1, 0.25);
    store.close();
    expect(await json(dir)).toMatchObject({
      maybe_billed: { calls: 1, cost_usd: 0.02 },
      reserved_usd: 0.25,
      budget_left_usd: expect.closeTo(1.73, 12),
    });
    const text = await cost(dir);
    expect(text).toContain('$0.0200 for 1 call that broke off');
    expect(text).toContain('$0.2500 for 1 call whose end was never recorded');
  });

  it('has a line of its own for what is in batches, and counts it neither as lost nor as left', async () => {
    const dir = home([]);
    const store = openStore(dir);
    const keys = [0, 1, 2].map((i) => plannedRequest(i).key);
    const id = store.batches.plan(batchOf(keys));
    store.close();
    const facts = await json(dir);
    expect(facts).toMatchObject({
      with_teacher: { batches: 1, rows: 3, reserved_usd: 0.75 },
      reserved_usd: 0,
      reserved_calls: 0,
      requests: { pending: 5 },
      forecast: { pending: 2 },
      budget_left_usd: 1.25,
    });
    const text = await cost(dir);
    expect(text).toMatch(/^batches {4}with the teacher: 3 rows in 1 batch, \$0\.7500 set aside for them$/m);
    expect(text).toMatch(/^left {7}2 calls: /m);
    expect(text).not.toMatch(/nothing was asked|never recorded/);
    expect(await cost(dir, { all: true })).toContain('with the teacher: 3 rows in 1 batch');

    const again = openStore(dir);
    again.batches.finish(id, 'cancelled', null, 'keep', '2026-01-02T03:05:00.000Z');
    again.close();
    expect(await cost(dir)).toContain('$0.7500 for 3 calls whose end was never recorded');
    expect(await json(dir)).toMatchObject({ with_teacher: { rows: 0 }, forecast: { pending: 5 } });
  });

  it('estimates what a run that asked nothing yet will cost', async () => {
    const dir = home([]);
    const facts = await json(dir);
    expect(facts.forecast).toMatchObject({ pending: 5, basis: 'estimate' });
    // 1,120 tokens of image, 10 bytes of words at 4 a token, 150 tokens out.
    expect(facts.forecast.expected_usd).toBeCloseTo((5 * 1120 + 13 + 5 * 150 * 10) / 1e6, 12);
    expect(await cost(dir)).toContain('nothing was asked in this run yet');
  });

  it('lines up a table and names cap, rate and price', async () => {
    const text = await cost(home([[0, {}]]));
    expect(text).toContain('cap        $2.00, $1.99 of it left');
    expect(text).toMatch(/^gemini-test {2}gemini-test-001 {6}1 +300 +40 +0 {2}\$0\.0100$/m);
    expect(text).toMatch(/^price {6}\$1 in, \$10 out per million tokens: given by --price-in/m);
  });

  it('adds up every run with --all, and takes the beginning of a run’s id', async () => {
    const dir = home([[0, {}]]);
    const store = openStore(dir);
    store.runs.start('ffff000011112222', { ...PLAN, model: 'another' }, '2026-02-02T03:04:05.000Z');
    store.close();
    const facts = await json(dir, { all: true });
    expect(facts.runs.map(({ run }: { run: string }) => run)).toEqual(['ffff000011112222', RUN_ID]);
    expect(facts.total).toMatchObject({ run: null, calls: 1, cost_usd: 0.01 });
    expect(await cost(dir, { all: true })).toContain(RUN_ID);
    expect(await json(dir)).toMatchObject({ run: 'ffff000011112222', calls: 0, cost_usd: 0 });
    expect(await json(dir, { run: RUN_ID.slice(0, 6) })).toMatchObject({ run: RUN_ID, calls: 1 });
  });

  it('says in a sentence when there is no run, no such run, or too many', async () => {
    const { terminal } = quietTerminal();
    const nowhere = costCommand({ home: temporaryFolder() }, terminal);
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
    const dir = home([]);
    await expect(cost(dir, { run: 'beef' })).rejects.toThrow(`no run beef in this home; there is ${RUN_ID}`);
    const store = openStore(dir);
    store.runs.start(`${RUN_ID.slice(0, 4)}0`, PLAN, '2026-02-02T03:04:05.000Z');
    store.close();
    await expect(cost(dir, { run: RUN_ID.slice(0, 3) })).rejects.toMatchObject({ code: 'usage' });
    expect(() => costCommand({ home: dir, run: RUN_ID, all: true }, terminal)).toThrow('not both');
  });

  it('forecasts at the price of RETORT_PRICES where the run has noted none', async () => {
    const dir = temporaryFolder();
    const store = openStore(dir);
    fillHome(store, 1);
    store.close();
    expect((await json(dir)).forecast).toMatchObject({ expected_usd: null, worst_case_usd: null });
    const models = { 'gemini-test': { input_usd_per_million: 0, output_usd_per_million: 1 } };
    const prices = join(dir, 'prices.json');
    writeFileSync(prices, JSON.stringify({ checked_at: '2026-11-23', source: 'a test', models }));
    const { forecast } = await json(dir, {}, { RETORT_PRICES: prices });
    expect(forecast.worst_case_usd).toBeCloseTo(2048e-6, 12);
  });
});
