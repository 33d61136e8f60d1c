import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGeminiServer } from '../fixtures/teacher/gemini-server.ts';
import { descendants, roleOf, until } from './processes.ts';
import { runDistill, runJson, startDistill, testFolder } from './run-distill.ts';

const KEY = 'AIza-test-key-of-nobody-0123456789';
/** Two prompts with their ten generators, one aspect: twenty calls. */
const JOB = [
  '--teacher',
  'gemini',
  '--limit',
  '20',
  '--aspects',
  'quality',
  '--until',
  'export',
  '--yes',
  '--model',
  'gemini-3.5-flash',
];

type Script = Parameters<typeof startGeminiServer>[0];

async function bed(script: Script) {
  const server = await startGeminiServer(script);
  onTestFinished(() => server.close());
  const home = await testFolder();
  return { server, home, env: { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.baseUrl } };
}

describe('distill --teacher gemini', () => {
  it('asks each image once, stores the answers and never the key', async () => {
    const { server, home, env } = await bed({ scenario: 'answered' });
    const result = await runJson(['--home', home, ...JOB], env);
    expect(result).toMatchObject({
      teacher: 'gemini',
      teacher_calls: 20,
      conversations: 20,
      dead_letters: 0,
    });
    expect(server.requests).toHaveLength(20);
    expect(Number(result.cost_usd)).toBeGreaterThan(0);
    for (const file of ['retort.sqlite', 'retort.sqlite-wal']) {
      const bytes = await readFile(join(home, file), 'latin1').catch(() => '');
      expect(bytes).not.toContain(KEY);
    }
    const again = await runJson(['--home', home, ...JOB], env);
    expect(again.teacher_calls).toBe(0);
    expect(server.requests).toHaveLength(20);
  });

  it('gives up on what is blocked, lists it, and asks again when told to', async () => {
    let blocked = true;
    const { server, home, env } = await bed({ handler: () => (blocked ? 'safety' : 'answered') });
    const first = await runDistill(['--home', home, ...JOB], env);
    expect(first.code).toBe(1); // no answer at all is no corpus
    expect(first.stderr).toContain('distill failures');
    const failures = await runDistill(['failures', '--home', home, '--json']);
    const rows = JSON.parse(failures.stdout) as { outcome: string }[];
    expect(rows).toHaveLength(20);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['blocked']));
    blocked = false;
    expect((await runDistill(['retry', '--outcome', 'invalid', '--home', home])).stdout).toContain(
      '0 requests',
    );
    expect((await runDistill(['retry', '--outcome', 'blocked', '--home', home])).stdout).toContain(
      '20 requests',
    );
    expect(await runJson(['--home', home, ...JOB], env)).toMatchObject({
      dead_letters: 0,
      conversations: 20,
    });
    expect(server.requests).toHaveLength(40);
  });

  it('stops before a call that could pass the budget, with exit code 3, and goes on with a higher one', async () => {
    const { server, home, env } = await bed({ scenario: 'answered' });
    const args = ['--home', home, ...JOB, '--concurrency', '1'];
    const limited = await runDistill([...args, '--budget', '0.06', '--json'], env);
    expect(limited.code).toBe(3);
    expect(limited.stderr).toMatch(
      /the budget of \$0\.06 is reached \(\$0\.\d{4} spent, .* the next request could cost up to \$0\.\d{4}\)/,
    );
    expect(limited.stderr).toContain('Go on with a higher --budget than this command has');
    const result = JSON.parse(limited.stdout) as { cost_usd: number };
    expect(result.cost_usd).toBeLessThanOrEqual(0.06);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(server.requests.length).toBeLessThan(20);
    expect((await runJson([...args, '--budget', '50'], env)).conversations).toBe(20);
    expect(server.requests).toHaveLength(20);
  });

  it('stops for the day when the quota of the day is used up, and says until when', async () => {
    const { server, home, env } = await bed({ scenario: ['answered', 'quota-day'] });
    const end = await runDistill(['--home', home, ...JOB, '--concurrency', '1'], env);
    expect(end.code).toBe(3);
    expect(end.stderr).toMatch(/Go on after \d{4}-\d\d-\d\dT/);
    expect(server.requests.length).toBeLessThan(20);
    const status = JSON.parse((await runDistill(['status', '--home', home, '--json'])).stdout);
    expect(status.reserved_usd).toBe(0); // what only waited in the queue was not spent
  });

  it('counts a call whose worker died, at its worst case, and asks again', async () => {
    const { server, home, env } = await bed({
      handler: ({ number }) => (number <= 4 ? 'never-answers' : 'answered'),
    });
    const running = startDistill(['--home', home, ...JOB, '--concurrency', '4', '--json'], env);
    await until(() => server.requests.length === 4, 'four calls are in flight');
    const worker = descendants(running.child.pid ?? 0).find((process) => roleOf(process) === 'worker');
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    const end = await running.finished;
    expect(end.code).toBe(0);
    expect(server.requests).toHaveLength(24);
    const result = JSON.parse(end.stdout) as { teacher_calls: number; cost_usd: number };
    expect(result).toMatchObject({ teacher_calls: 24, conversations: 20, dead_letters: 0 });
    // 20 answers of known price and four calls at 2,048 output tokens each ($9 a million).
    expect(result.cost_usd).toBeGreaterThan(4 * 2048 * 9e-6);
  });

  it('fails with one sentence when the key is denied', async () => {
    const { home, env } = await bed({ scenario: 'bad-key' });
    const end = await runDistill(['--home', home, ...JOB, '--concurrency', '1'], env);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('denied');
    expect(end.stderr + end.stdout).not.toContain(KEY);
  });

  it('spends nothing unasked: without --yes and nobody to ask it ends with 2', async () => {
    const { server, home, env } = await bed({ scenario: 'answered' });
    const end = await runDistill(['--home', home, ...JOB.filter((word) => word !== '--yes')], env);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('--yes');
    expect(end.stderr).toMatch(/20 calls to .*about \d+ tokens in.*\$\d/);
    expect(server.requests).toHaveLength(0);
  });

  it('replays the sample even when a key is set', async () => {
    const { server, home, env } = await bed({ scenario: 'answered' });
    const result = await runJson(['--home', home, '--limit', '10', '--until', 'export'], env);
    expect(result).toMatchObject({ teacher: 'replay', recorded: true, cost_usd: 0 });
    expect(server.requests).toHaveLength(0);
  });

  it('waits as long as the server says, and then goes on', async () => {
    const { server, home, env } = await bed({ scenario: ['rate-limited', 'answered'] });
    const result = await runJson(['--home', home, ...JOB, '--concurrency', '1'], env);
    expect(result).toMatchObject({ conversations: 20, dead_letters: 0 });
    expect(server.requests).toHaveLength(21);
  });
});
