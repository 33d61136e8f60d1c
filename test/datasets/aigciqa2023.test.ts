import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { aigciqa2023Reader } from '../../packages/datasets/src/aigciqa2023.ts';
import { describeAnyDatasetReader } from '../contracts/any-dataset.ts';
import {
  IMAGES,
  mosOf,
  PROMPTS,
  writeAigciqa2023,
  writeMos,
  writePromptSheet,
} from '../fixtures/datasets/aigciqa2023.ts';
import { matFile, matHeader } from '../fixtures/datasets/mat-file.ts';
import { readAll, temporaryFolder } from './dataset-folder.ts';

const PICTURE = Buffer.from('not looked at');

async function writtenFolder(images = IMAGES): Promise<string> {
  const folder = await temporaryFolder();
  await writeAigciqa2023(folder, () => PICTURE, images);
  return folder;
}

/** The dataset's folder with something changed in it, opened. The images beyond the first few are missing. */
async function openChanged(
  change: (folder: string) => Promise<unknown>,
  scale?: { min: number; max: number },
) {
  const folder = await writtenFolder(4);
  await change(folder);
  return aigciqa2023Reader.open({ path: folder, ...(scale && { scale }) });
}

const mosz = (values: readonly number[], name = 'MOSz') => matFile({ name, values });

describeAnyDatasetReader('aigciqa2023', {
  reader: aigciqa2023Reader,
  write: (folder) => writeAigciqa2023(folder, () => PICTURE),
  rows: IMAGES,
});

describe('aigciqa2023Reader', () => {
  it('gives every image its prompt, its generator and its three MOS by its number', async () => {
    const { samples } = await readAll(await aigciqa2023Reader.open({ path: await writtenFolder() }));
    for (const i of [0, 3, 4, 399, 400, 1275, 2399]) {
      expect(samples[i]).toMatchObject({
        name: `${i}.png`,
        imagePath: expect.stringMatching(`/Image/allimg/${i}\\.png$`),
        imagePrompt: PROMPTS[Math.floor((i % 400) / 4)],
        generator: `aigciqa2023-generator-${Math.floor(i / 400) + 1}`,
        publishedSplit: null,
        ratings: [
          { aspect: 'quality', mos: mosOf(1)[i], mosStd: null },
          { aspect: 'correspondence', mos: mosOf(3)[i], mosStd: null },
          { aspect: 'authenticity', mos: mosOf(2)[i], mosStd: null },
        ],
        row: i + 1,
      });
    }
    expect(samples[1275]?.imagePrompt).toBe('Sunset over the sea');
    expect(new Set(samples.map(({ imagePrompt }) => imagePrompt)).size).toBe(100);
  });

  it('describes itself', async () => {
    const { description } = await openChanged(async () => {});
    expect(description).toEqual({
      reader: 'aigciqa2023',
      name: 'aigciqa2023',
      scale: { min: 0, max: 100 },
      ratedAspects: ['quality', 'correspondence', 'authenticity'],
      licence: null,
      source: expect.stringContaining('2307.00211'),
    });
  });

  it('takes the scale that it is told when the MOS lie on it', async () => {
    const small = (values: number[]) => values.map((mos) => 1 + mos / 25);
    const dataset = await openChanged(
      async (folder) => {
        for (const file of [1, 2, 3] as const) await writeMos(folder, file, mosz(small(mosOf(file))));
      },
      { min: 1, max: 5 },
    );
    expect(dataset.description.scale).toEqual({ min: 1, max: 5 });
  });

  it('refuses MOS that were given on another scale', async () => {
    const small = mosOf(2).map((mos) => mos / 25);
    const open = openChanged((folder) => writeMos(folder, 2, mosz(small)));
    await expect(open).rejects.toThrow(
      /mosz2\.mat spans 1 to 2\.996, which isn't the scale 0 to 100.*--scale/,
    );
  });

  it.each([
    ['is missing', (folder: string) => rm(path.join(folder, 'DATA', 'MOS', 'mosz3.mat')), "isn't there"],
    ['has too few values', (folder: string) => writeMos(folder, 3, mosz(mosOf(3).slice(1))), '2399 x 1'],
    [
      'has another variable',
      (folder: string) => writeMos(folder, 3, mosz(mosOf(3), 'MOS')),
      'variables are: MOS',
    ],
    [
      'is of MATLAB 7.3',
      (folder: string) => writeMos(folder, 3, matHeader(0x0200, true, 'MATLAB 7.3')),
      '-v7',
    ],
    [
      'is cut',
      (folder: string) => writeMos(folder, 3, mosz(mosOf(3)).subarray(0, 900)),
      'ends in the middle',
    ],
    ['is empty', (folder: string) => writeMos(folder, 3, Buffer.alloc(0)), '0 bytes'],
    [
      'has a table instead of a column',
      (folder: string) =>
        writeMos(folder, 3, matFile({ name: 'MOSz', values: mosOf(3), dimensions: [1200, 2] })),
      '1200 x 2',
    ],
  ])('refuses a MOS file that %s', async (_case, change, word) => {
    await expect(openChanged(change)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      file: expect.stringContaining('mosz3.mat'),
      message: expect.stringContaining(word),
    });
  });

  it('takes MOS in a row as it takes them in a column', async () => {
    const row = matFile({ name: 'MOSz', values: mosOf(1), dimensions: [1, IMAGES] });
    const dataset = await openChanged((folder) => writeMos(folder, 1, row));
    expect((await readAll(dataset)).samples[2]?.ratings[0]?.mos).toBe(mosOf(1)[2]);
  });

  it.each([
    ['is missing', (folder: string) => rm(path.join(folder, 'AIGCIQA2023_Prompts.xlsx')), "isn't there"],
    [
      'is no sheet',
      (folder: string) => writeFile(path.join(folder, 'AIGCIQA2023_Prompts.xlsx'), 'a,b'),
      'no Excel sheet',
    ],
    ['has too few prompts', (folder: string) => writePromptSheet(folder, PROMPTS.slice(0, 99)), 'has 99'],
    ['was sorted', (folder: string) => writePromptSheet(folder, [...PROMPTS].sort()), 'it was reordered'],
    [
      'has an empty prompt',
      (folder: string) => writePromptSheet(folder, PROMPTS.with(7, '')),
      'no image prompt at place 8',
    ],
  ])('refuses a sheet of prompts that %s', async (_case, change, word) => {
    await expect(openChanged(change)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      file: expect.stringContaining('AIGCIQA2023_Prompts.xlsx'),
      message: expect.stringContaining(word),
    });
  });

  it('passes over a heading of the prompts', async () => {
    const dataset = await openChanged((folder) => writePromptSheet(folder, ['prompt', ...PROMPTS]));
    expect((await readAll(dataset)).samples[0]?.imagePrompt).toBe('a corgi');
  });

  it('sets aside an image that is missing and one without a MOS, and goes on', async () => {
    const values = mosOf(2).with(1, Number.NaN).with(2, 130);
    const dataset = await openChanged((folder) => writeMos(folder, 2, mosz(values)));
    const { samples, rejected } = await readAll(dataset);
    expect(samples.map(({ name }) => name)).toEqual(['0.png', '3.png']);
    expect(rejected).toHaveLength(2398);
    expect(rejected[0]).toMatchObject({ file: expect.stringContaining('mosz2.mat'), row: 2, name: '1.png' });
    expect(rejected[0]?.reason).toContain('NaN');
    expect(rejected[1]?.reason).toContain('scale 0 to 100 and is 130');
    expect(rejected[2]).toMatchObject({
      row: 5,
      name: '4.png',
      reason: expect.stringContaining("isn't there"),
    });
  });

  it('takes published sides from a table, and no columns', async () => {
    const folder = await writtenFolder(4);
    const csv = path.join(folder, 'split.csv');
    await writeFile(csv, 'name,split\n0.png,test\n1.png,train\n');
    const dataset = await aigciqa2023Reader.open({ path: folder, csv });
    const { samples } = await readAll(dataset);
    expect(samples.map(({ publishedSplit }) => publishedSplit)).toEqual(['test', 'train', null, null]);
    expect(dataset.files).toContain(csv);
    await writeFile(csv, 'name,split\n0.png,left\n');
    await expect(aigciqa2023Reader.open({ path: folder, csv })).rejects.toThrow(/line 2 \(0\.png\).*"left"/);
    await expect(aigciqa2023Reader.open({ path: folder, columns: { name: 'x' } })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
