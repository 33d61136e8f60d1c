import { openStore } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { fillHome } from '../store/filled-home.ts';
import { change, look } from '../store/raw-database.ts';
import { startDouble } from '../tools/gemini-double/start-double.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

const HOLDER = new URL('../store/children/hold-home.ts', import.meta.url);
/** A server that nobody runs: a call would end the test. */
const NOWHERE = { REDIS_URL: 'redis://127.0.0.1:1', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:1' };

const descriptions = (home: string) =>
  look(home, 'SELECT request_key, outcome, descriptions FROM attempts ORDER BY request_key');

describe('distill reparse', () => {
  it('mends what an older parser left of a real run, offline, and the next distill builds on it', async () => {
    const { base } = await startDouble();
    const home = await testFolder();
    const env = { GEMINI_API_KEY: 'made-up-key', GOOGLE_GEMINI_BASE_URL: base };
    const job = [
      '--home',
      home,
      '--limit',
      '6',
      '--teacher',
      'gemini',
      '--combined',
      '--until',
      'export',
      '--yes',
    ];
    const first = await runJson(job, env);
    expect(first).toMatchObject({ teacher_calls: 6, conversations: 12 });
    const asRead = descriptions(home);
    change(
      home,
      "UPDATE attempts SET descriptions = json_set(descriptions, '$.quality', 'Cut of') WHERE id = 1",
    );
    change(home, "UPDATE attempts SET descriptions = NULL, outcome = 'malformed' WHERE id IN (2, 3)");
    change(
      home,
      `UPDATE requests SET state = 'dead-letter', state_reason = 'malformed 3 times: older parser'
       WHERE key IN (SELECT request_key FROM attempts WHERE id IN (2, 3))`,
    );
    const looked = await runDistill(['reparse', '--home', home, '--dry-run'], NOWHERE);
    expect(looked).toMatchObject({ code: 0 });
    expect(looked.stdout).toMatch(
      /2 {2}malformed → answered[\s\S]*before[\s\S]*"Cut of"[\s\S]*nothing was written/,
    );
    const report = await runJson(['reparse', '--home', home], NOWHERE);
    expect(report).toMatchObject({ read: 6, same: 3, changed: 3, requests: { answered: 2, pending: 0 } });
    expect(descriptions(home)).toEqual(asRead);
    expect(await runJson(['reparse', '--home', home], NOWHERE)).toMatchObject({ same: 6, changed: 0 });

    const mended = await runJson(job, env);
    expect(mended).toMatchObject({
      teacher_calls: 0,
      conversations: 12,
      dead_letters: 0,
      corpus: first.corpus,
    });
  });

  it('keeps out of a home where a distill is at work, unless it only looks', async () => {
    const home = await testFolder();
    const store = openStore(home);
    fillHome(store, 2);
    store.close();
    const holder = startNode(HOLDER, [home]);
    expect(await holder.line()).toBe('held');
    const [refused, looked, unknown, none] = await Promise.all([
      runDistill(['reparse', '--home', home]),
      runJson(['reparse', '--home', home, '--dry-run']),
      runDistill(['reparse', '--home', home, '--dry-run', '--run', 'nobodys', '--json']),
      runDistill(['reparse', '--home', `${home}/none`]),
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`process ${holder.process.pid}`);
    expect(looked).toMatchObject({ dry_run: true, read: 0, changed: 0 });
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'not-found' } });
    expect(none.stderr).toContain('no run in');
  });
});
