import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { control, startDouble } from '../tools/gemini-double/start-double.ts';
import { descendants, roleOf, until } from './processes.ts';
import { runDistill, runJson, startDistill, testFolder } from './run-distill.ts';

const KEY = 'AIza-test-key-of-nobody-0123456789';
/** Two prompts with their ten generators, one aspect: twenty calls. */
const JOB = ['--teacher', 'gemini', '--limit', '20', '--aspects', 'quality', '--yes'];

const statsSchema = z.object({
  calls: z.number(),
  most_in_flight: z.number(),
  by_status: z.record(z.string(), z.number()),
});

async function bed(...flags: string[]) {
  const { base } = await startDouble(flags);
  const stats = async () => statsSchema.parse(await (await control(base, 'stats')).json());
  const home = await testFolder();
  return { base, stats, home, env: { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: base } };
}

/** Every file below a folder, as bytes. */
async function filesBelow(dir: string): Promise<{ path: string; bytes: string }[]> {
  const names = await readdir(dir, { recursive: true });
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      return (await stat(path)).isFile() ? [{ path, bytes: await readFile(path, 'latin1') }] : [];
    }),
  );
  return found.flat();
}

describe("a teacher's limits", () => {
  it('hold for all worker processes together', async () => {
    const { stats: statsOf, home, env } = await bed('--latency-ms', '150');
    const args = ['--home', home, ...JOB, '--until', 'teach', '--concurrency', '3', '--workers', '2'];
    const running = startDistill([...args, '--json'], env);
    const workers = () =>
      descendants(running.child.pid ?? 0).filter((process) => roleOf(process) === 'worker');
    await until(() => workers().length === 2, 'two workers run');
    const end = await running.finished;
    expect(end.code).toBe(0);
    const stats = await statsOf();
    expect(stats.calls).toBe(20);
    expect(stats.most_in_flight).toBe(3);
  });

  it('are kept where they are known: nothing is refused', async () => {
    const { stats: statsOf, home, env } = await bed('--requests-per-minute', '12', '--window', 'sliding');
    const args = ['--home', home, ...JOB, '--until', 'teach', '--requests-per-minute', '12', '--json'];
    const running = startDistill(args, env);
    await until(async () => (await statsOf()).calls >= 3, 'three calls were made');
    running.child.kill('SIGINT');
    const end = await running.finished;
    expect(end.code).toBe(130);
    const stats = await statsOf();
    expect(Object.keys(stats.by_status)).toEqual(['200']);
    // What only waited for its turn was not sent, and no money stays set aside for it.
    const status = JSON.parse((await runDistill(['status', '--home', home, '--json'])).stdout);
    expect(status.reserved_usd).toBe(0);
  });

  it('of a day stop the job with exit code 3, also when the queue server forgot what was asked', async () => {
    const { stats: statsOf, home, env } = await bed();
    const args = ['--home', home, ...JOB, '--until', 'teach', '--requests-per-day', '5'];
    const first = await runDistill(args, env);
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/the 5 requests of the day are used up. Go on after \d{4}-\d\d-\d\dT/);
    expect((await statsOf()).calls).toBe(5);
    await rm(join(home, 'queue'), { recursive: true });
    expect((await runDistill(args, env)).code).toBe(3);
    expect((await statsOf()).calls).toBe(5);
    const status = JSON.parse((await runDistill(['status', '--home', home, '--json'])).stdout);
    expect(status.reserved_usd).toBe(0);
  });
});

describe('a worker that slept', () => {
  it('makes no call twice that another worker took over, and books every one', async () => {
    const { stats: statsOf, home, env } = await bed('--latency-ms', '1500');
    const args = ['--home', home, ...JOB, '--until', 'teach', '--concurrency', '4', '--workers', '2'];
    const running = startDistill([...args, '--json'], env);
    await until(async () => (await statsOf()).calls >= 4, 'calls are in flight');
    const worker = descendants(running.child.pid ?? 0).find((process) => roleOf(process) === 'worker');
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    // Longer than its jobs' locks last: the other worker gets them.
    await until(async () => (await statsOf()).calls >= 16, 'the other worker goes on', 60_000);
    process.kill(worker?.pid ?? 0, 'SIGCONT');
    const end = await running.finished;
    expect(end.code).toBe(0);
    const result = JSON.parse(end.stdout) as { teacher_calls: number; dead_letters: number };
    const { calls } = await statsOf();
    expect(result).toMatchObject({ teacher_calls: calls, dead_letters: 0 });
    expect(calls).toBeLessThanOrEqual(20 + 4);
  });
});

describe('a service that fails in every way', () => {
  it('leaves each row answered or given up with its reason, and the key nowhere', async () => {
    const faults = ['html', 'malformed', 'truncated', 'blocked', 'invalid', 'unavailable', 'half-answer'];
    const odd = ['nul-bytes', 'invalid-utf8', 'deep-json', 'wrong-type', 'huge', 'rate-limited'];
    const { home, env } = await bed(
      ...[...faults, ...odd].flatMap((name) => ['--fault', `${name}=0.05`]),
      '--retry-delay-ms',
      '50',
      '--huge-bytes',
      '52428800',
    );
    const running = startDistill(['--home', home, ...JOB, '--json'], env);
    const end = await running.finished;
    expect(end.code).toBe(0);
    const result = JSON.parse(end.stdout) as { dead_letters: number; conversations: number };
    expect(result.conversations + result.dead_letters).toBe(20);
    const failures = await runDistill(['failures', '--home', home, '--json']);
    const status = await runDistill(['status', '--home', home]);
    const said = [end, failures, status].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(said).not.toContain(KEY);
    const files = await filesBelow(home);
    const names = files.map(({ path }) => path).join('\n');
    expect(names).toMatch(/queue[\\/].*appendonly/);
    expect(names).toContain('report.html');
    expect(files.filter(({ bytes }) => bytes.includes(KEY)).map(({ path }) => path)).toEqual([]);
  });

  it('is told from a denied key, whose bytes are in no message and no file', async () => {
    const { home, env } = await bed('--keys', 'another-key');
    const end = await runDistill(['--home', home, ...JOB, '--until', 'teach'], env);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('denied');
    expect(end.stdout + end.stderr).not.toContain(KEY);
    const files = await filesBelow(home);
    expect(files.filter(({ bytes }) => bytes.includes(KEY))).toEqual([]);
  });

  it('is told from a key that no header can hold', async () => {
    const { stats: statsOf, home, env } = await bed();
    const end = await runDistill(['--home', home, ...JOB], { ...env, GEMINI_API_KEY: 'AIza-a\nb' });
    expect(end.code).toBe(2);
    expect(end.stderr).not.toContain('AIza-a');
    expect((await statsOf()).calls).toBe(0);
  });

  it('is found at a base address that ends in /v1beta/', async () => {
    const { base, stats: statsOf, home, env } = await bed();
    const there = { ...env, GOOGLE_GEMINI_BASE_URL: `${base}/v1beta/` };
    const result = await runJson(
      [
        '--home',
        home,
        '--teacher',
        'gemini',
        '--limit',
        '2',
        '--aspects',
        'quality',
        '--yes',
        '--until',
        'teach',
      ],
      there,
    );
    expect(result.teacher_calls).toBe((await statsOf()).calls);
    expect((await statsOf()).by_status).toEqual({ 200: expect.any(Number) });
  });
});
