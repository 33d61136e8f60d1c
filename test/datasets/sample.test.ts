import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chooseImagePrompts } from '../../packages/datasets/scripts/make-sample.ts';
import { sampleDataset } from '../../packages/datasets/src/index.ts';
import { temporaryFolder } from './dataset-folder.ts';

/** What the issue of the sample allows, with its own texts. */
const MAX_SAMPLE_BYTES = 14_000_000;

const sample = sampleDataset();
const script = fileURLToPath(new URL('../../packages/datasets/scripts/make-sample.ts', import.meta.url));
const recordingSchema = z.strictObject({
  image: z.string(),
  aspect: z.enum(['quality', 'correspondence']),
  model: z.literal('gemini-1.5-pro'),
  response: z.string().min(1),
});

function runScript(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

describe('the sample', () => {
  it('has one recorded answer an image and aspect', async () => {
    const lines = (await readFile(sample.recordings, 'utf8')).trimEnd().split('\n');
    const recordings = lines.map((line) => recordingSchema.parse(JSON.parse(line)));
    const images = await readdir(path.join(sample.path, 'images'));
    const expected = images.flatMap((image) => [`${image} correspondence`, `${image} quality`]);
    expect(recordings.map(({ image, aspect }) => `${image} ${aspect}`).sort()).toEqual(expected.sort());
  });

  it('is no larger than it may be', async () => {
    const names = await readdir(sample.path, { recursive: true });
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(path.join(sample.path, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_SAMPLE_BYTES);
  });

  it('names its sources and both licences', async () => {
    const notices = await readFile(path.join(sample.path, 'LICENSE'), 'utf8');
    for (const source of ['10.1109/TCSVT.2023.3319020', '2502.15167']) expect(notices).toContain(source);
    expect(notices.match(/Permission is hereby granted/g)).toHaveLength(2);
  });
});

describe('make-sample', () => {
  it('makes the same bytes again out of the sample itself', async () => {
    const output = await temporaryFolder();
    const { status, stdout } = runScript(sample.path, output);
    expect([status, stdout]).toEqual([0, '297 images of 30 image prompts, 594 recorded answers\n']);
    const files = (await readdir(output, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files).toHaveLength(299);
    for (const file of files) {
      const copy = path.join(file.parentPath, file.name);
      const original = path.join(sample.path, path.relative(output, copy));
      expect((await readFile(copy)).equals(await readFile(original)), copy).toBe(true);
    }
  });

  it('refuses a folder in which an image of another choice lies', async () => {
    const output = await temporaryFolder();
    runScript(sample.path, output);
    await writeFile(path.join(output, 'images', 'stranger.jpg'), 'x');
    const { status, stderr } = runScript(sample.path, output);
    expect(status).toBe(1);
    expect(stderr).toContain('stranger.jpg');
  });

  it('explains itself', () => {
    expect(runScript('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('SOURCE OUTPUT'),
    });
    expect(runScript()).toMatchObject({ status: 2, stderr: expect.stringContaining('SOURCE OUTPUT') });
  });
});

describe('chooseImagePrompts', () => {
  const rows = (number: string, count: number) =>
    Array.from({ length: count }, () => ({ imagePromptNumber: number }));

  it('takes the complete prompts and the first three by number that lack one setting', () => {
    const all = [
      ...rows('9', 9),
      ...rows('8', 9),
      ...rows('3', 10),
      ...rows('7', 9),
      ...rows('1', 9),
      ...rows('2', 8),
    ];
    expect([...chooseImagePrompts(all)].sort()).toEqual(['1', '3', '7', '8']);
  });
});
