import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Cut, startCuttingProxy } from '../fixtures/teacher/cutting-proxy.ts';
import { writeDataset } from '../pipeline/pipeline-bed.ts';
import { control, startDouble } from '../tools/gemini-double/start-double.ts';
import { descendants, until } from './processes.ts';
import { type Running, runDistill, runJson, startDistill, testFolder } from './run-distill.ts';

const KEY = 'AIza-test-key-of-nobody-0123456789';
/** Ten images of the sample, one aspect: ten rows. */
const IMAGES = ['001', '002', '003', '007', '014', '020', '027', '030', '034', '061'].map(
  (number) => `AttnGAN_normal_${number}.jpg`,
);
const JOB = ['--teacher', 'gemini-batch', '--aspects', 'quality', '--until', 'teach', '--yes'];
const FAST = ['--poll-seconds', '0.2'];

interface Stats {
  readonly calls: number;
  readonly batch_jobs: number;
  readonly batch_rows: number;
}

/** A double in a process of its own behind a network that can fail, and a new home. */
async function bed(...flags: string[]) {
  const { base } = await startDouble(['--batch-wait-ms', '0', '--batch-run-ms', '300', ...flags]);
  const proxy = await startCuttingProxy(base);
  onTestFinished(() => proxy.close());
  const home = await testFolder();
  const env = { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: proxy.baseUrl };
  const dataset = writeDataset(['name', ...IMAGES], Object.fromEntries(IMAGES.map((name) => [name, name])));
  const args = ['--home', home, '--path', dataset, ...JOB, ...FAST];
  return {
    home,
    env,
    args,
    proxy,
    stats: async () => (await (await control(base, 'stats')).json()) as Stats,
    batches: async (...more: string[]) =>
      JSON.parse((await runDistill(['batches', '--home', home, '--json', ...more], env)).stdout) as {
        name: string;
        state: string;
        rows: number;
      }[],
    /** Runs until the network breaks this call, and kills everything there and then. */
    async runUntilKilled(cut: Omit<Cut, 'hold'>) {
      const reached = new Promise<void>((resolve) => proxy.cut({ ...cut, hold: true, onCut: resolve }));
      const running = startDistill(args, env);
      await Promise.race([reached, running.finished]);
      await killAll(running);
      proxy.cut(null);
    },
  };
}

async function killAll({ child, finished }: Running): Promise<void> {
  const below = descendants(child.pid ?? 0).map(({ pid }) => pid);
  child.kill('SIGKILL');
  expect((await finished).signal).toBe('SIGKILL');
  await until(() => descendants(1).every(({ pid }) => !below.includes(pid)), 'its processes are gone');
}

describe('distill --teacher gemini-batch', () => {
  it('pays for every row once, however often it is killed', async () => {
    const { home, env, args, runUntilKilled, stats, batches } = await bed(
      ...['--fault', 'malformed=0.2', '--fault', 'unavailable=0.2', '--fault', 'blocked=0.1'],
    );
    // The service has it, and we don't know its name.
    await runUntilKilled({ call: /:batchGenerateContent/, what: 'answer' });
    expect(await stats()).toMatchObject({ batch_jobs: 1, batch_rows: 10 });
    expect(await batches()).toMatchObject([{ state: 'creating', name: null }]);
    await runUntilKilled({ call: /:download/, what: 'body' });
    expect(await batches()).toMatchObject([{ state: 'ended', rows: 10 }]);

    const result = await runJson(args, env);
    const { calls, batch_rows: asked } = await stats();
    expect(calls).toBe(0); // nothing was asked online
    expect(result).toMatchObject({ status: 'done', total: { teacher_calls: asked } });
    const status = JSON.parse((await runDistill(['status', '--home', home, '--json'])).stdout);
    const { answered, dead_letters: dead } = status.requests;
    expect([answered + dead, dead, status.reserved_usd]).toEqual([10, result.dead_letters, 0]);
    expect(await batches()).toEqual([]);
    for (const file of (await readdir(home, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    )) {
      expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(KEY);
    }
  }, 90_000);

  it('hands over and comes back, shows what is open, and asks nobody again who was cancelled', async () => {
    const { home, env, args, stats, batches } = await bed('--batch-run-ms', '600000', '--cancel-ms', '0');
    const handed = await runDistill([...args, '--no-wait', '--batch-rows', '4'], env);
    expect(handed.code).toBe(3);
    expect(handed.stderr).toMatch(
      /3 batches with 10 rows are with the teacher .*Go on in a while .* with: pnpm distill/,
    );
    expect(await stats()).toMatchObject({ batch_jobs: 3, batch_rows: 10 });
    const open = await batches();
    expect(open.map(({ state, rows }) => [state, rows])).toEqual(
      expect.arrayContaining([
        ['running', 4],
        ['running', 2],
      ]),
    );
    const status = await runDistill(['status', '--home', home]);
    expect(status.stdout).toContain('3 open with 10 rows');

    // Nothing to pay: so nothing to confirm either.
    const waiting = startDistill([...args.filter((word) => word !== '--yes')], env);
    let said = '';
    waiting.child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    await until(() => /3 batches running, 10 rows; polled \d\d:\d\d; safe to stop/.test(said), 'it waits');
    waiting.child.kill('SIGINT');
    const stopped = await waiting.finished;
    expect([stopped.code, stopped.stderr]).toEqual([
      130,
      expect.stringContaining('Batches go on at Google without us'),
    ]);

    const [first] = open;
    const cancelled = await runDistill(['batches', '--cancel', first?.name ?? '', '--home', home], env);
    expect([cancelled.code, cancelled.stderr]).toEqual([0, expect.stringContaining('asked to end')]);
    const end = await runDistill(args, env);
    expect([end.code, end.stderr]).toEqual([3, expect.stringContaining(`${first?.name} was cancelled; its`)]);
    expect((await stats()).batch_jobs).toBe(3);
    expect((await runDistill(['batches', '--cancel', first?.name ?? '', '--home', home], env)).code).toBe(1);
  }, 90_000);

  it('asks again what expired, and what another key knows nothing of only when told to', async () => {
    const expiring = await bed('--batch-run-ms', '600000', '--batch-expiry-ms', '700');
    const running = startDistill(expiring.args, expiring.env);
    let said = '';
    running.child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    await until(
      () => /expired; its rows weren't billed.*rows handed over/s.test(said),
      'one expired and another is there',
    );
    running.child.kill('SIGINT');
    await once(running.child, 'close');
    const [open] = await expiring.batches();

    const other = await bed();
    const refused = await runDistill(expiring.args, other.env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`distill batches --forget ${open?.name}`);
    expect((await other.stats()).batch_jobs).toBe(0);
    const forgotten = await runDistill(['batches', '--forget', open?.name ?? '', '--home', expiring.home]);
    expect(forgotten.stderr).toContain('10 rows are asked, and paid, again');
    expect(await runJson(expiring.args, other.env)).toMatchObject({ total: { teacher_calls: 10 } });
    const status = JSON.parse((await runDistill(['status', '--home', expiring.home, '--json'])).stdout);
    expect(status.reserved_usd).toBeGreaterThan(0); // what was given up was perhaps paid for
  }, 90_000);

  it('hands over only what the budget holds, and ends with 3 when nothing more fits', async () => {
    const { env, args, stats } = await bed();
    const budget = 0.008; // the worst case of a row is about half a cent at the price of batches
    const limited = await runDistill([...args, '--budget', String(budget), '--json'], env);
    expect([limited.code, limited.stderr]).toEqual([
      3,
      expect.stringContaining('the budget of $0.008 is reached'),
    ]);
    const { cost_usd: cost } = JSON.parse(limited.stdout) as { cost_usd: number };
    expect(cost).toBeLessThanOrEqual(budget);
    const { batch_rows: asked } = await stats();
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(10);
  }, 60_000);
});
