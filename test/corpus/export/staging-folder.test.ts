import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStagingFolder, moveIntoPlace } from '../../../packages/corpus/src/export/staging-folder.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

async function built(dir: string, text: string): Promise<string> {
  const staging = await createStagingFolder(dir);
  writeFileSync(join(staging, 'corpus.json'), text);
  return staging;
}

describe('moveIntoPlace', () => {
  it('takes the place of an older folder that another process has just moved away', async () => {
    const home = temporaryFolder();
    const dir = join(home, 'corpus');
    expect(await moveIntoPlace(await built(dir, 'mine'), dir, true)).toBe(true);
    expect(readFileSync(join(dir, 'corpus.json'), 'utf8')).toBe('mine');
    expect(readdirSync(home)).toEqual(['corpus']);
  });

  it('gives way where another process was faster, and leaves its folder whole', async () => {
    const dir = join(temporaryFolder(), 'corpus');
    mkdirSync(dir);
    writeFileSync(join(dir, 'corpus.json'), 'theirs');
    expect(await moveIntoPlace(await built(dir, 'mine'), dir, false)).toBe(false);
    expect(readFileSync(join(dir, 'corpus.json'), 'utf8')).toBe('theirs');
    expect(await moveIntoPlace(await built(dir, 'mine'), dir, true)).toBe(true);
    expect(existsSync(join(dir, 'corpus.json'))).toBe(true);
    expect(readFileSync(join(dir, 'corpus.json'), 'utf8')).toBe('mine');
  });
});
