import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findReleaseProblems } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { promptsDir } from '../../fixtures/teacher/prompts-dir.ts';

describe('findReleaseProblems', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'retort released-'));
    await cp(promptsDir, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('finds the prompts of this project as they were released', async () => {
    // A sentence here says which file changed; the answer is a new version, not a new hash.
    expect(await findReleaseProblems(promptsDir)).toEqual([]);
  });

  it('sees a changed byte and says to write the next version', async () => {
    await appendFile(join(dir, 'quality/blind.v1.md'), '\n');
    expect(await findReleaseProblems(dir)).toEqual([
      expect.stringMatching(/^quality\/blind\.v1 .*write .* blind\.v2\.md/),
    ]);
  });

  it('sees a student prompt that changed, too', async () => {
    await appendFile(join(dir, 'quality/student.v1.md'), '\n');
    expect(await findReleaseProblems(dir)).toEqual([expect.stringContaining('student.v2.md')]);
  });

  it('sees a combined prompt that changed, too', async () => {
    await appendFile(join(dir, 'all/label-aware.v1.md'), '\n');
    expect(await findReleaseProblems(dir)).toEqual([expect.stringContaining('label-aware.v2.md')]);
  });

  it('gives the line for a new prompt', async () => {
    await cp(join(dir, 'quality/blind.v1.md'), join(dir, 'quality/blind.v3.md'));
    expect(await findReleaseProblems(dir)).toEqual([
      expect.stringMatching(/add "quality\/blind\.v3": "sha256:[0-9a-f]{64}"/),
    ]);
  });

  it('misses a released prompt that is gone', async () => {
    await rm(join(dir, 'authenticity/blind.v1.md'));
    expect(await findReleaseProblems(dir)).toEqual([expect.stringContaining('authenticity/blind.v1')]);
  });
});
