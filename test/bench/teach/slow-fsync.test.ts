import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildSlowFsync } from '../../../bench/teach/slow-fsync.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

describe('buildSlowFsync', () => {
  it('reaches the syncs of better-sqlite3 and makes them wait', async ({ skip }) => {
    const dir = temporaryFolder();
    const slowFsync = await buildSlowFsync();
    if (slowFsync === null) return skip('there is no C compiler here');
    onTestFinished(slowFsync.remove);
    const script = `
      const db = new (require('better-sqlite3'))(${JSON.stringify(join(dir, 'a.sqlite'))});
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.exec('CREATE TABLE t (a)');
      const before = performance.now();
      for (let n = 0; n < 5; n += 1) db.prepare('INSERT INTO t VALUES (1)').run();
      console.log(performance.now() - before);`;
    const env = { ...process.env, ...(await slowFsync.env(20)) };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    expect(Number(stdout)).toBeGreaterThanOrEqual(5 * 20);
    expect(await slowFsync.count()).toBeGreaterThanOrEqual(5);
  });
});
