import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RatingsOptions, readRatings, sampleDataset } from '../../packages/datasets/src/index.ts';
import { collect, csvText, temporaryFolder } from './dataset-folder.ts';

async function readText(text: string, options?: RatingsOptions) {
  const file = path.join(await temporaryFolder(), 'ratings.csv');
  await writeFile(file, text);
  const rows = await collect(readRatings(file, options));
  return {
    file,
    rated: rows.flatMap((row) => (row.kind === 'rated' ? [row.rated] : [])),
    rejected: rows.flatMap((row) => (row.kind === 'rejected' ? [row.rejected] : [])),
  };
}

describe('readRatings', () => {
  it("reads AGIQA-3K's own table without a mapping, whether or not its images are there", async () => {
    const file = path.join(sampleDataset().path, 'data.csv');
    const rows = await collect(readRatings(file));
    expect(rows).toHaveLength(297);
    expect(rows.every(({ kind }) => kind === 'rated')).toBe(true);
    expect(rows).toContainEqual({
      kind: 'rated',
      rated: {
        name: 'sd1.5_lowstep_061.jpg',
        imagePrompt: 'a yellow rendition of venom, sci-fi style',
        generator: 'sd1.5',
        generatorSetting: 'sd1.5_lowstep',
        publishedSplit: 'train',
        ratings: [
          { aspect: 'quality', mos: 2.871898573, mosStd: 0.572156501 },
          { aspect: 'correspondence', mos: 3.135757257, mosStd: 0.198365644 },
        ],
        row: expect.any(Number),
      },
    });
  });

  it('knows the images of AGIQA-3K that are not among the published training rows as test', async () => {
    const { rated } = await readText(
      csvText([
        ['name', 'mos_quality'],
        ['midjourney_lowstep_209.jpg', '1'],
        ['sd1.5_lowstep_061.jpg', '1'],
        ['sd9_normal_061.jpg', '1'],
        ['glide_normal_300.jpg', '1'],
      ]),
    );
    expect(rated.map(({ publishedSplit }) => publishedSplit)).toEqual(['test', 'train', null, null]);
  });

  it("takes AIGIQA-20K's mos for quality, and our own columns and a split first", async () => {
    const { rated } = await readText('name,prompt,mos\nDALLE3_0119.png,a cat,3.5\n');
    expect(rated[0]).toMatchObject({ imagePrompt: 'a cat', ratings: [{ aspect: 'quality', mos: 3.5 }] });
    const own = await readText(
      'image,caption,mos_quality,mos,mos_authenticity,generator,split\na.jpg,a cat,1,2,3,g,validation\n',
    );
    expect(own.rated[0]).toMatchObject({
      name: 'a.jpg',
      imagePrompt: 'a cat',
      generator: 'g',
      publishedSplit: 'val',
      ratings: [
        { aspect: 'quality', mos: 1 },
        { aspect: 'authenticity', mos: 3 },
      ],
    });
  });

  it('obeys a mapping and a scale', async () => {
    const options = { columns: { name: 'file', mos_correspondence: 'fit' }, scale: { min: 0, max: 100 } };
    const { rated } = await readText('file,fit\na.jpg,62.5\n', options);
    expect(rated[0]?.ratings).toEqual([{ aspect: 'correspondence', mos: 62.5, mosStd: null }]);
  });

  it('sets aside what it cannot use, with its line, and goes on', async () => {
    const { file, rated, rejected } = await readText(
      csvText([
        ['name', 'mos_quality', 'split'],
        ['./a.jpg', '1', 'train'],
        ['a.jpg', '1', ''],
        ['b.jpg', '7', ''],
        ['c.jpg', '1', 'dev'],
        ['', '1', ''],
        ['d.jpg', '1'],
        ['e.jpg', '1', 'test'],
      ]),
    );
    expect(rated.map(({ name, publishedSplit, row }) => [name, publishedSplit, row])).toEqual([
      ['a.jpg', 'train', 2],
      ['e.jpg', 'test', 8],
    ]);
    expect(rejected.map(({ row, name }) => [row, name])).toEqual([
      [3, 'a.jpg'],
      [4, 'b.jpg'],
      [5, 'c.jpg'],
      [6, null],
      [7, 'd.jpg'],
    ]);
    const words = ['line 2', 'scale 0 to 5', 'train, val or test and is "dev"', 'empty', '3 fields'];
    for (const [i, word] of words.entries()) expect(rejected[i]?.reason).toContain(word);
    expect(rejected.every((row) => row.file === file)).toBe(true);
  });

  it('refuses a table without names', async () => {
    await expect(readText('mos_quality\n1\n')).rejects.toMatchObject({ code: 'dataset-column-missing' });
  });
});
