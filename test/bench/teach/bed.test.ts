import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepHomes } from '../../../bench/teach/bed.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

/** No process has this number: Linux's highest is 4,194,304 (man 5 proc, pid_max). */
const NOBODY = 4_194_305;

describe('sweepHomes', () => {
  it('removes what a dead bench left behind, and nothing else', async () => {
    const dir = temporaryFolder();
    const names = [`home-${NOBODY}-1`, `home-${process.pid}-1`, 'prepared-10-abc', 'home-made'];
    for (const name of names) mkdirSync(join(dir, name));
    await sweepHomes(dir);
    expect(names.map((name) => existsSync(join(dir, name)))).toEqual([false, true, true, true]);
  });
});
