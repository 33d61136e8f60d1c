import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportCorpus, verifyExport } from '../../../packages/corpus/src/index.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { optionsFor, rowsOfAllSplits } from './export-options.ts';

async function exported(): Promise<string> {
  const options = await optionsFor(temporaryFolder(), rowsOfAllSplits());
  return (await exportCorpus(options)).path;
}

describe('verifyExport', () => {
  it('lists what an export has, README.md and the checksums last, and what was changed since', async () => {
    const dir = await exported();
    const whole = await verifyExport(dir);
    expect(whole).toMatchObject({ rows: 7, changed: [] });
    expect(whole.files.map(({ path }) => path).slice(-2)).toEqual(['README.md', 'SHA256SUMS']);
    writeFileSync(join(dir, 'rows.jsonl'), '{}\n');
    expect((await verifyExport(dir)).changed).toEqual(['rows.jsonl']);
  });

  it.each(['corpus.json', 'audit.json'])('says that %s is broken', async (name) => {
    const dir = await exported();
    writeFileSync(join(dir, name), '{"rows": ');
    await expect(verifyExport(dir)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`${name} isn't as an export writes it`),
    });
  });

  it.each(['../secret', '/etc/hostname', 'images/../../secret'])(
    'takes no file from outside the folder: %s',
    async (path) => {
      const dir = await exported();
      const sums = join(dir, 'SHA256SUMS');
      writeFileSync(sums, `${'0'.repeat(64)}  ${path}\n${readFileSync(sums, 'utf8')}`);
      await expect(verifyExport(dir)).rejects.toMatchObject({ code: 'usage' });
    },
  );
});
