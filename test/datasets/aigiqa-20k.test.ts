import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { aigiqa20kReader } from '../../packages/datasets/src/aigiqa-20k.ts';
import { describeAnyDatasetReader } from '../contracts/any-dataset.ts';
import { describeDatasetReader } from '../contracts/dataset.ts';
import { TABLES, tableText, writeAigiqa20k, writeTable } from '../fixtures/datasets/aigiqa-20k.ts';
import { readAll, temporaryFolder } from './dataset-folder.ts';

const PICTURE = Buffer.from('not looked at');
const NAMES = [...TABLES.train, ...TABLES.val, ...TABLES.test];

async function writtenFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await writeAigiqa20k(folder, () => PICTURE);
  return folder;
}

describeAnyDatasetReader('aigiqa-20k', {
  reader: aigiqa20kReader,
  write: (folder) => writeAigiqa20k(folder, () => PICTURE),
  rows: NAMES.length,
});

describeDatasetReader('aigiqa-20k', () => ({
  reader: aigiqa20kReader,
  columns: ['name', 'prompt', 'mos'],
  row: ({ name, imagePrompt, quality }) => [name, imagePrompt, quality],
  table: 'info_train.csv',
  others: {
    'info_val.csv': 'name,prompt,mos\nothers/val.png,x,1\n',
    'info_test.csv': 'name,prompt,mos\nothers/test.png,x,1\n',
  },
  missing: "info_train.csv isn't there",
}));

describe('aigiqa20kReader', () => {
  it('takes each side from its file, the generator from the name and the MOS for quality', async () => {
    const { samples } = await readAll(await aigiqa20kReader.open({ path: await writtenFolder() }));
    expect(samples.map(({ name, publishedSplit }) => [name, publishedSplit])).toEqual([
      ...TABLES.train.map((name) => [name, 'train']),
      ...TABLES.val.map((name) => [name, 'val']),
      ...TABLES.test.map((name) => [name, 'test']),
    ]);
    expect(samples[1]).toMatchObject({
      name: 'LCM_SD1.5_0098.png',
      imagePrompt: 'a made-up prompt, number 1',
      generator: 'LCM_SD1.5',
      generatorSetting: 'LCM_SD1.5',
      ratings: [{ aspect: 'quality', mos: 1.5, mosStd: null }],
      row: 3,
    });
  });

  it('describes itself, and has published 14,000, 2,000 and 4,000 images', async () => {
    const { description } = await aigiqa20kReader.open({ path: await writtenFolder() });
    expect(description).toEqual({
      reader: 'aigiqa-20k',
      name: 'aigiqa-20k',
      scale: { min: 0, max: 5 },
      ratedAspects: ['quality'],
      licence: null,
      source: expect.stringContaining('2404.03407'),
    });
    expect(aigiqa20kReader.publishedSplitSizes).toEqual({ train: 14_000, val: 2000, test: 4000 });
  });

  it.each(['images', 'all', 'train'])('finds images in %s/ too', async (inner) => {
    const folder = await writtenFolder();
    const [name = ''] = TABLES.train;
    await mkdir(path.join(folder, inner));
    await rename(path.join(folder, name), path.join(folder, inner, name));
    const { samples } = await readAll(await aigiqa20kReader.open({ path: folder }));
    expect(samples[0]).toMatchObject({ name, imagePath: path.join(folder, inner, name) });
  });

  it.each(['train', 'val', 'test'] as const)('refuses a folder without info_%s.csv', async (split) => {
    const folder = await writtenFolder();
    await rm(path.join(folder, `info_${split}.csv`));
    await expect(aigiqa20kReader.open({ path: folder })).rejects.toMatchObject({
      code: 'dataset-unreadable',
      file: path.join(folder, `info_${split}.csv`),
    });
  });

  it('sets aside an image that another split has already, and says where', async () => {
    const folder = await writtenFolder();
    const [twice = ''] = TABLES.train;
    await writeTable(folder, 'test', tableText([twice, ...TABLES.test]));
    const { samples, rejected } = await readAll(await aigiqa20kReader.open({ path: folder }));
    expect(samples.filter(({ name }) => name === twice)).toMatchObject([{ publishedSplit: 'train' }]);
    expect(rejected).toMatchObject([
      {
        file: path.join(folder, 'info_test.csv'),
        row: 2,
        name: twice,
        reason: expect.stringContaining('line 2 of info_train.csv'),
      },
    ]);
  });

  it('refuses MOS that lie on another scale', async () => {
    const folder = await writtenFolder();
    const names = Array.from({ length: 30 }, (_, i) => `DALLE3_${1000 + i}.png`);
    const text = tableText(names).replaceAll(/\.5$/gm, '5');
    await writeTable(folder, 'train', text);
    await expect(aigiqa20kReader.open({ path: folder })).rejects.toThrow(
      /spans .* isn't the scale 0 to 5.*--scale/,
    );
    const { description } = await aigiqa20kReader.open({ path: folder, scale: { min: 0, max: 50 } });
    expect(description.scale).toEqual({ min: 0, max: 50 });
  });

  it('wants its three files and no other table', async () => {
    const folder = await writtenFolder();
    const csv = path.join(folder, 'info_train.csv');
    await expect(aigiqa20kReader.open({ path: folder, csv })).rejects.toMatchObject({ code: 'usage' });
  });

  it('reads columns of other names by a mapping', async () => {
    const folder = await writtenFolder();
    for (const split of ['train', 'val', 'test'] as const) {
      const file = path.join(folder, `info_${split}.csv`);
      await writeFile(file, (await readFile(file, 'utf8')).replace('name,prompt,mos', 'file,prompt,score'));
    }
    const columns = { name: 'file', mos_quality: 'score' };
    expect((await readAll(await aigiqa20kReader.open({ path: folder, columns }))).samples).toHaveLength(8);
  });
});
