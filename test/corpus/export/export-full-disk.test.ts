import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagePathIn } from '../../../packages/corpus/src/export/image-folder.ts';
import { exportCorpus } from '../../../packages/corpus/src/index.ts';
import { buildRow, buildRows } from '../build-row.ts';
import { optionsFor } from './export-options.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'retort corpus '));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A disk of 512 KB, where this process may mount one. */
function mountTmpfs(mountPoint: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', mountPoint], { stdio: 'ignore' });
    return true;
  } catch {
    // No right to mount: the tests that need it are skipped and counted.
    return false;
  }
}

describe('exportCorpus on a full disk', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'retort-full-'));
  const mounted = mountTmpfs(mountPoint);
  afterEach(() => {
    for (const name of mounted ? readdirSync(mountPoint) : [])
      rmSync(join(mountPoint, name), { recursive: true });
  });

  it.skipIf(!mounted)(
    'says so by its code and leaves nothing behind (needs the right to mount)',
    async () => {
      const rows = buildRows(60).map((row) => ({
        ...row,
        turns: row.turns.map((turn, i) =>
          i === 1 ? { ...turn, text: `${row.sampleName} ${'x'.repeat(20_000)}` } : turn,
        ),
      }));
      const options = await optionsFor(home, rows, { dir: join(mountPoint, 'corpus') });
      await expect(exportCorpus(options)).rejects.toMatchObject({ code: 'disk-full' });
      expect(readdirSync(mountPoint)).toEqual([]);
    },
  );

  it.skipIf(!mounted)('copies images where a link is not possible (needs the right to mount)', async () => {
    const options = await optionsFor(home, [buildRow()], { dir: join(mountPoint, 'corpus') });
    await exportCorpus(options);
    expect(readFileSync(join(mountPoint, 'corpus', imagePathIn(buildRow())), 'utf8')).toBe(
      'prepared glide_normal_001.jpg',
    );
  });

  afterAll(() => {
    if (mounted) execFileSync('umount', [mountPoint]);
    rmSync(mountPoint, { recursive: true });
  });
});
