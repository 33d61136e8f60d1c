import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startOpenaiServer } from '../fixtures/teacher/openai-server.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

const KEY = 'sk-test-key-of-nobody-0123456789';
const MODEL = 'made-up/vision-1';
/** One prompt with its ten generators, one aspect: ten calls. */
const JOB = ['--teacher', 'openai', '--limit', '10', '--aspects', 'quality', '--until', 'export', '--yes'];

describe('distill --teacher openai', () => {
  it('asks each image once, waits where told to, and stores the answers and never the key', async () => {
    const server = await startOpenaiServer({ scenario: ['rate-limited-briefly', 'answered'] });
    onTestFinished(() => server.close());
    const home = await testFolder();
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl };
    const args = ['--home', home, ...JOB, '--model', MODEL, '--concurrency', '2'];
    expect(await runJson(args, env)).toMatchObject({
      teacher: 'openai',
      recorded: false,
      conversations: 10,
      dead_letters: 0,
      cost_usd: null,
    });
    const answered = server.requests.length;
    expect(answered).toBe(11);
    expect(new Set(server.requests.map(({ body }) => body.model))).toEqual(new Set([MODEL]));
    expect(server.requests.every(({ image }) => image?.mediaType === 'image/jpeg')).toBe(true);
    for (const file of ['retort.sqlite', 'retort.sqlite-wal']) {
      const bytes = await readFile(join(home, file), 'latin1').catch(() => '');
      expect(bytes).not.toContain(KEY);
    }
    expect((await runJson(args, env)).teacher_calls).toBe(0);
    expect(server.requests).toHaveLength(answered);
  });

  it('keeps a budget at the price the user gives, without becoming another run', async () => {
    const server = await startOpenaiServer({ scenario: 'answered' });
    onTestFinished(() => server.close());
    const home = await testFolder();
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl };
    const args = ['--home', home, ...JOB, '--model', MODEL, '--concurrency', '1'];
    const priced = [...args, '--price-in', '1', '--price-out', '5'];
    const limited = await runDistill([...priced, '--budget', '0.025', '--json'], env);
    expect(limited.code).toBe(3);
    const first = JSON.parse(limited.stdout) as { run: string; cost_usd: number };
    expect(first.cost_usd).toBeGreaterThan(0);
    expect(first.cost_usd).toBeLessThanOrEqual(0.025);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(server.requests.length).toBeLessThan(10);
    const prices = join(home, 'prices.json');
    const models = { [MODEL]: { input_usd_per_million: 0, output_usd_per_million: 0 } };
    await writeFile(prices, JSON.stringify({ checked_at: '2026-11-23', source: 'a test', models }));
    const second = await runJson([...args, '--budget', '0.025'], { ...env, RETORT_PRICES: prices });
    expect(second).toMatchObject({ run: first.run, cost_usd: 0, total: { cost_usd: first.cost_usd } });
    expect(server.requests).toHaveLength(10);
  });

  it.each([
    ['without a model', [], {}, '--model NAME'],
    ['at OpenAI without a key', ['--model', MODEL], { OPENAI_BASE_URL: '' }, 'OPENAI_API_KEY'],
    ['at no address', ['--model', MODEL], { OPENAI_BASE_URL: 'localhost:11434' }, 'OPENAI_BASE_URL'],
    ['with a budget, for no price is known', ['--model', MODEL, '--budget', '1'], {}, '--price-in USD'],
    ['with half a price', ['--model', MODEL, '--price-in', '1'], {}, '--price-out'],
  ])('is refused %s with one line and exit code 2', async (_what, args, change, expected) => {
    const env = { OPENAI_API_KEY: '', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', ...change };
    const end = await runDistill(['--home', await testFolder(), ...JOB, ...args], env);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(expected);
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
  });
});
