import { cp } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { agiqa3kReader } from '../../packages/datasets/src/agiqa-3k.ts';
import { sampleDataset } from '../../packages/datasets/src/index.ts';
import { describeAnyDatasetReader } from '../contracts/any-dataset.ts';
import { describeDatasetReader } from '../contracts/dataset.ts';
import { csvText, readAll, temporaryFolder, writeDataset } from './dataset-folder.ts';

const COLUMNS = 'name,prompt,adj1,adj2,style,mos_quality,std_quality,mos_align,std_align'.split(',');

describeDatasetReader('agiqa-3k', () => ({
  reader: agiqa3kReader,
  columns: COLUMNS,
  row: ({ name, imagePrompt, quality }) => [name, imagePrompt, '', '', '', quality, '0.5', '2', '0.5'],
}));

describeAnyDatasetReader('agiqa-3k', {
  reader: agiqa3kReader,
  write: (folder) => cp(sampleDataset().path, folder, { recursive: true }),
  rows: 297,
});

describe('agiqa3kReader', () => {
  it('knows every image of the sample as one of the published training rows', async () => {
    const { samples } = await readAll(await agiqa3kReader.open({ path: sampleDataset().path }));
    expect(new Set(samples.map(({ publishedSplit }) => publishedSplit))).toEqual(new Set(['train']));
  });

  it('reads the sample in the repository whole', async () => {
    const dataset = await agiqa3kReader.open({ path: sampleDataset().path });
    const { samples, rejected } = await readAll(dataset);
    expect(rejected).toEqual([]);
    expect(samples).toHaveLength(297);
    expect(new Set(samples.map((sample) => sample.imagePrompt)).size).toBe(30);
    expect(samples.every((sample) => sample.ratings.length === 2)).toBe(true);
    expect(dataset.description).toEqual({
      reader: 'agiqa-3k',
      name: 'agiqa-3k',
      scale: { min: 0, max: 5 },
      ratedAspects: ['quality', 'correspondence'],
      licence: 'MIT',
      source: expect.stringContaining('10.1109/TCSVT.2023.3319020'),
    });
  });

  it('reads a row of the sample to the last digit', async () => {
    const { samples } = await readAll(await agiqa3kReader.open({ path: sampleDataset().path }));
    expect(samples.find((sample) => sample.name === 'sd1.5_lowstep_061.jpg')).toMatchObject({
      imagePrompt: 'a yellow rendition of venom, sci-fi style',
      generator: 'sd1.5',
      generatorSetting: 'sd1.5_lowstep',
      ratings: [
        { aspect: 'quality', mos: 2.871898573, mosStd: 0.572156501 },
        { aspect: 'correspondence', mos: 3.135757257, mosStd: 0.198365644 },
      ],
    });
  });

  it('knows six generators in ten settings', async () => {
    const { samples } = await readAll(await agiqa3kReader.open({ path: sampleDataset().path }));
    expect([...new Set(samples.map((sample) => sample.generator))].sort()).toEqual(
      ['AttnGAN', 'DALLE2', 'glide', 'midjourney', 'sd1.5', 'xl2.2'].sort(),
    );
    expect(new Set(samples.map((sample) => sample.generatorSetting)).size).toBe(10);
  });

  it('leaves the generator of a file of another name unknown', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, csvText([COLUMNS, ['cat.jpg', 'a cat', '', '', '', '1', '', '2', '']]), [
      'cat.jpg',
    ]);
    const { samples } = await readAll(await agiqa3kReader.open({ path: folder }));
    expect(samples[0]).toMatchObject({ generator: null, generatorSetting: null });
    expect(samples[0]?.ratings[0]?.mosStd).toBeNull();
  });

  it('names a rating column that is missing', async () => {
    const folder = await temporaryFolder();
    const columns = COLUMNS.filter((column) => column !== 'mos_align');
    await writeDataset(folder, csvText([columns, columns.map(() => '1')]), []);
    await expect(agiqa3kReader.open({ path: folder })).rejects.toThrow(
      /no column "mos_align" for mos_correspondence; its columns are name, prompt.*--columns mos_correspondence=/,
    );
  });
});
