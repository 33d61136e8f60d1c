import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHashedFile } from '../../../packages/corpus/src/export/hashed-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'retort-hashed-file-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('createHashedFile', () => {
  it('writes text and bytes of every size in order, and hashes what it wrote', async () => {
    const chunks = [
      'a',
      Buffer.from([0, 255, 128]),
      'ä中😀\ud83d'.repeat(40_000),
      '',
      Buffer.alloc(600_000, 7),
      ...Array.from({ length: 2_000 }, (_, i) => `line ${i} ${'😀'.repeat(i % 70)}\n`),
      Buffer.alloc(100_000, 9),
      'x'.repeat(90_000),
    ];
    const path = join(dir, 'file');
    const file = await createHashedFile(path);
    for (const chunk of chunks) await file.write(chunk);
    const sum = await file.close();
    const expected = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
    const written = await readFile(path);
    expect(written.equals(expected)).toBe(true);
    expect(sum).toBe(createHash('sha256').update(expected).digest('hex'));
  });

  it('refuses to write over a file', async () => {
    const path = join(dir, 'file');
    await (await createHashedFile(path)).close();
    await expect(createHashedFile(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
