import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvReader } from '../../packages/datasets/src/csv.ts';
import type { ReaderOptions } from '../../packages/datasets/src/index.ts';
import { describeAnyDatasetReader } from '../contracts/any-dataset.ts';
import { describeDatasetReader } from '../contracts/dataset.ts';
import { csvText, readAll, temporaryFolder, writeDataset } from './dataset-folder.ts';

describeDatasetReader('csv', () => ({
  reader: csvReader,
  columns: ['name', 'image_prompt', 'mos_quality'],
  row: ({ name, imagePrompt, quality }) => [name, imagePrompt, quality],
}));

describeAnyDatasetReader('csv', {
  reader: csvReader,
  write: (folder) => writeDataset(folder, 'name,mos_quality\na.jpg,1\nb.jpg,2\n', ['a.jpg', 'b.jpg']),
  rows: 2,
});

async function open(table: string, images: readonly string[], options: Partial<ReaderOptions> = {}) {
  const folder = await temporaryFolder();
  await writeDataset(folder, table, images);
  return csvReader.open({ path: folder, ...options });
}

describe('csvReader', () => {
  it('reads a table with other names, another scale and a name of its own', async () => {
    const table = csvText([
      ['file', 'caption', 'model', 'cfg', 'q', 'q_sd', 'auth'],
      ['a.jpg', 'a cat', 'flux', 'flux-20', '80', '', '100'],
      ['b.jpg', 'a dog', 'flux', '', '100.5', '1', '0'],
    ]);
    const dataset = await open(table, ['a.jpg', 'b.jpg'], {
      columns: {
        name: 'file',
        generator: 'model',
        generator_setting: 'cfg',
        mos_quality: 'q',
        mos_quality_std: 'q_sd',
        mos_authenticity: 'auth',
      },
      scale: { min: 0, max: 100 },
      datasetName: 'ours',
    });
    expect(dataset.description).toEqual({
      reader: 'csv',
      name: 'ours',
      scale: { min: 0, max: 100 },
      ratedAspects: ['quality', 'authenticity'],
      licence: null,
      source: null,
    });
    const { samples, rejected } = await readAll(dataset);
    expect(samples).toMatchObject([
      {
        imagePrompt: 'a cat',
        generator: 'flux',
        generatorSetting: 'flux-20',
        ratings: [
          { aspect: 'quality', mos: 80, mosStd: null },
          { aspect: 'authenticity', mos: 100, mosStd: null },
        ],
      },
    ]);
    expect(rejected[0]?.reason).toContain('scale 0 to 100');
  });

  it('reads names alone: no prompt, no generator, no rating', async () => {
    const dataset = await open('filename\na.jpg\n\nb.jpg', ['a.jpg', 'b.jpg']);
    expect(dataset.description.ratedAspects).toEqual([]);
    const { samples } = await readAll(dataset);
    expect(samples).toMatchObject([
      { name: 'a.jpg', imagePrompt: null, generator: null, generatorSetting: null, ratings: [], row: 2 },
      { name: 'b.jpg', row: 4 },
    ]);
  });

  it('takes the generator as its setting where no setting is known', async () => {
    const { samples } = await readAll(await open('name,generator\na.jpg,flux\n', ['a.jpg']));
    expect(samples[0]).toMatchObject({ generator: 'flux', generatorSetting: 'flux' });
  });

  it.each(['many', '-1', 'NaN'])('sets aside a standard deviation of %s', async (std) => {
    const table = `name,mos_quality,mos_quality_std\na.jpg,3,${std}\nb.jpg,3,\n`;
    const { samples, rejected } = await readAll(await open(table, ['a.jpg', 'b.jpg']));
    expect(samples).toMatchObject([{ name: 'b.jpg', ratings: [{ mos: 3, mosStd: null }] }]);
    expect(rejected[0]?.reason).toContain(`standard deviation of quality`);
  });

  it('keeps an image prompt as it stands, white space and all', async () => {
    const { samples } = await readAll(
      await open('name,prompt\na.jpg," a cat "\nb.jpg," "', ['a.jpg', 'b.jpg']),
    );
    expect(samples.map((sample) => sample.imagePrompt)).toEqual([' a cat ', null]);
  });

  it('reads names with folders in them, from the folder and from its images/', async () => {
    const images = ['images/x/a.jpg', 'y/b.jpg'];
    const { samples } = await readAll(await open('name\nx/a.jpg\nimages//x/a.jpg\n./y/b.jpg\n', images));
    expect(samples.map((sample) => sample.name)).toEqual(['x/a.jpg', 'images/x/a.jpg', 'y/b.jpg']);
  });

  it('takes the table that is named, or is the path, or is the only one', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, 'name\na.jpg\n', ['a.jpg']);
    await rename(path.join(folder, 'data.csv'), path.join(folder, 'mine.csv'));
    const other = path.join(await temporaryFolder(), 'other.csv');
    await writeFile(other, 'name\na.jpg\n');
    const filesOf = async (options: ReaderOptions) => (await csvReader.open(options)).files;
    expect(await filesOf({ path: folder })).toEqual([path.join(folder, 'mine.csv')]);
    expect(await filesOf({ path: path.join(folder, 'mine.csv') })).toEqual([path.join(folder, 'mine.csv')]);
    const named = await csvReader.open({ path: folder, csv: other });
    expect(named.files).toEqual([other]);
    expect((await readAll(named)).samples.map((sample) => sample.imagePath)).toEqual([
      path.join(folder, 'a.jpg'),
    ]);
    await writeFile(path.join(folder, 'another.csv'), 'name\na.jpg\n');
    await expect(csvReader.open({ path: folder })).rejects.toThrow('(another.csv, mine.csv)');
  });

  it('is called after its folder where it has no name', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, 'name\na.jpg\n', ['a.jpg']);
    expect((await csvReader.open({ path: folder })).description.name).toBe(path.basename(folder));
  });
});
