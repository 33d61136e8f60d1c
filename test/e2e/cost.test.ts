import { describe, expect, it, onTestFinished } from 'vitest';
import { startGeminiServer } from '../fixtures/teacher/gemini-server.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

/** One prompt with its ten generators, one aspect: ten calls. */
const JOB = ['--teacher', 'gemini', '--limit', '10', '--aspects', 'quality', '--until', 'teach', '--yes'];

describe('distill --repeat, cost and compare', () => {
  it('asks the same again on purpose, says what it cost, and compares the two', async () => {
    const server = await startGeminiServer({ scenario: 'answered' });
    onTestFinished(() => server.close());
    const home = await testFolder();
    const env = {
      GEMINI_API_KEY: 'AIza-test-key-of-nobody-0123456789',
      GOOGLE_GEMINI_BASE_URL: server.baseUrl,
    };
    const first = await runJson(['--home', home, ...JOB], env);
    const again = await runJson(['--home', home, ...JOB, '--repeat', '1', '--budget', '5'], env);
    expect(server.requests).toHaveLength(20);
    expect(again.run).not.toBe(first.run);
    const cost = await runJson(['cost', '--home', home]);
    expect(cost).toMatchObject({
      run: again.run,
      calls: 10,
      cost_usd: again.cost_usd,
      budget_usd: 5,
      forecast: { pending: 0, expected_usd: 0 },
      prices: [expect.stringContaining('checked 2026-11-23')],
    });
    const all = await runJson(['cost', '--all', '--home', home]);
    expect(all.total).toMatchObject({ calls: 20, cost_usd: expect.closeTo(2 * Number(again.cost_usd), 9) });
    const sides = [String(first.run).slice(0, 8), 'repeat=1'];
    expect(await runJson(['compare', ...sides, '--home', home])).toMatchObject({
      common: { asked: 10, answered: 10, identical: 0 },
      b: { repeats: [1], usd_per_answer: expect.closeTo(Number(again.cost_usd) / 10, 9) },
    });
  });

  it.each([
    ['a replay asked again', ['--repeat', '1'], 'live teacher'],
    ['no number', ['--teacher', 'gemini', '--repeat', 'twice'], '--repeat'],
    [
      'a price that can’t be read',
      ['--teacher', 'openai', '--model', 'x', '--prices', 'none.json'],
      'none.json',
    ],
  ])('refuses %s in one line, with exit code 2', async (_what, args, expected) => {
    const end = await runDistill(['--home', await testFolder(), ...args]);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(expected);
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
  });
});
