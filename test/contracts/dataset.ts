import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetReader, OpenDataset } from '../../packages/datasets/src/index.ts';
import { csvText, readAll as readWhole, temporaryFolder, writeFiles } from '../datasets/dataset-folder.ts';
import { BAD_MOS, BAD_NAMES } from './bad-cells.ts';

/** What a row of a reader's own table looks like. */
export interface DatasetFixture {
  readonly reader: DatasetReader;
  /** The header; the first column is the image's name. */
  readonly columns: readonly string[];
  row(values: { name: string; imagePrompt: string; quality: string }): readonly string[];
  /** The table the rows go into; `data.csv` where absent. */
  readonly table?: string;
  /** Files without which the dataset can't be read, by name; their own images are in `others/` and not looked at here. */
  readonly others?: Readonly<Record<string, string>>;
  /** Part of what is said when the table is missing. */
  readonly missing?: string;
}

/** What every reader of a table and a folder must do, besides what `describeAnyDatasetReader` says. */
export function describeDatasetReader(name: string, createFixture: () => DatasetFixture): void {
  const { reader, columns, row, table: tableName = 'data.csv', others = {}, missing } = createFixture();
  const good = (image: string) => row({ name: image, imagePrompt: 'a tray of sushi', quality: '3.5' });
  const table = (...rows: readonly (readonly string[])[]) => csvText([columns, ...rows]);
  const openFolder = async (text: string | Uint8Array, images: readonly string[] = ['a.jpg', 'b.jpg']) => {
    const folder = await temporaryFolder();
    await writeWhole(folder, text, images);
    return { folder, dataset: await reader.open({ path: folder }) };
  };
  const writeWhole = (folder: string, text: string | Uint8Array, images: readonly string[]) =>
    writeFiles(folder, { ...others, [tableName]: text }, images);
  /** The rows of the table in question. */
  const readAll = async (dataset: OpenDataset) => {
    const { rows, samples, rejected } = await readWhole(dataset);
    const isOwn = ({ name }: { name: string | null }) => name?.startsWith('others/') !== true;
    const own = rows.filter((item) => isOwn(item.kind === 'sample' ? item.sample : item.rejected));
    return { rows: own, samples: samples.filter(isOwn), rejected: rejected.filter(isOwn) };
  };

  describe(`${name}: the dataset contract`, () => {
    it('yields the samples in the order of the table, with the lines they begin in', async () => {
      const { folder, dataset } = await openFolder(table(good('b.jpg'), good('a.jpg')));
      const { samples, rejected } = await readAll(dataset);
      expect(rejected).toEqual([]);
      expect(samples.map((sample) => [sample.name, sample.imagePath, sample.row])).toEqual([
        ['b.jpg', path.join(folder, 'b.jpg'), 2],
        ['a.jpg', path.join(folder, 'a.jpg'), 3],
      ]);
      expect(samples[0]?.ratings[0]).toMatchObject({ aspect: 'quality', mos: 3.5 });
      expect(dataset.description.ratedAspects).toContain('quality');
      expect(dataset.files).toContain(path.join(folder, tableName));
    });

    it('finds images in images/ too', async () => {
      const { folder, dataset } = await openFolder(table(good('a.jpg')), ['images/a.jpg']);
      const { samples } = await readAll(dataset);
      expect(samples.map((sample) => sample.imagePath)).toEqual([path.join(folder, 'images', 'a.jpg')]);
    });

    it('reads the same rows a second time', async () => {
      const { dataset } = await openFolder(table(good('a.jpg'), good('missing.jpg'), good('b.jpg')));
      const first = await readAll(dataset);
      expect(await readAll(dataset)).toEqual(first);
      expect(first.rows).toHaveLength(3);
    });

    it('reads a BOM, CRLF, and quotes and line breaks inside an image prompt', async () => {
      const imagePrompt = 'a "big" cat,\r\nin a café\nby night';
      const text = table(row({ name: 'a.jpg', imagePrompt, quality: '1' }), good('b.jpg'));
      const { dataset } = await openFolder(`\uFEFF${text.replaceAll('"\n"', '"\r\n"')}`);
      const { samples } = await readAll(dataset);
      expect(samples.map((sample) => [sample.name, sample.imagePrompt, sample.row])).toEqual([
        ['a.jpg', imagePrompt, 2],
        ['b.jpg', 'a tray of sushi', 5],
      ]);
    });

    it.each(BAD_NAMES)('sets aside the name %j and goes on', async (bad, word) => {
      const outer = await temporaryFolder();
      const folder = path.join(outer, 'dataset');
      await mkdir(path.join(folder, 'folder.jpg'), { recursive: true });
      await mkdir(path.join(folder, 'inner'));
      await mkdir(path.join(outer, 'elsewhere'));
      for (const file of ['outside.jpg', 'elsewhere/outside.jpg'])
        await writeFile(path.join(outer, file), 'x');
      await symlink(path.join(outer, 'outside.jpg'), path.join(folder, 'link-to-outside.jpg'));
      await symlink(path.join(outer, 'elsewhere'), path.join(folder, 'linked-folder'));
      await writeWhole(folder, table(good(bad), good('a.jpg')), ['a.jpg']);

      const { samples, rejected } = await readAll(await reader.open({ path: folder }));
      expect(samples.map((sample) => sample.name)).toEqual(['a.jpg']);
      expect(rejected).toHaveLength(1);
      expect(rejected[0]).toMatchObject({
        file: path.join(folder, tableName),
        row: 2,
        name: bad === '' ? null : bad,
      });
      expect(rejected[0]?.reason).toContain(word);
    });

    it.each(BAD_MOS)('sets aside a row whose MOS is %j and goes on', async (quality, word) => {
      const bad = row({ name: 'a.jpg', imagePrompt: 'x', quality });
      const { dataset } = await openFolder(table(bad, good('b.jpg')));
      const { samples, rejected } = await readAll(dataset);
      expect(samples.map((sample) => sample.name)).toEqual(['b.jpg']);
      expect(rejected).toMatchObject([{ row: 2, name: 'a.jpg' }]);
      expect(rejected[0]?.reason).toContain(word);
      expect(rejected[0]?.reason).toContain(quality);
    });

    it('sets aside the second of two rows for one image, however it is written', async () => {
      const { dataset } = await openFolder(table(good('a.jpg'), good('./a.jpg'), good('b.jpg')));
      const { samples, rejected } = await readAll(dataset);
      expect(samples.map((sample) => sample.name)).toEqual(['a.jpg', 'b.jpg']);
      expect(rejected).toMatchObject([{ row: 3, name: './a.jpg' }]);
      expect(rejected[0]?.reason).toContain('line 2');
    });

    it('sets aside rows with too few or too many fields', async () => {
      const { dataset } = await openFolder(table(['a.jpg'], [...good('a.jpg'), 'more'], good('b.jpg')));
      const { samples, rejected } = await readAll(dataset);
      expect(samples.map((sample) => sample.name)).toEqual(['b.jpg']);
      expect(rejected.map(({ row: line, name: image }) => [line, image])).toEqual([
        [2, 'a.jpg'],
        [3, 'a.jpg'],
      ]);
      expect(rejected[0]?.reason).toContain(`${columns.length} fields`);
    });

    it('takes a link that stays inside the folder', async () => {
      const { folder, dataset } = await openFolder(table(good('link.jpg')), ['a.jpg']);
      await symlink(path.join(folder, 'a.jpg'), path.join(folder, 'link.jpg'));
      expect((await readAll(dataset)).samples.map((sample) => sample.name)).toEqual(['link.jpg']);
    });

    it('takes the published side from a column, and sets aside one that is none', async () => {
      const head = csvText([[...columns, 'split']]);
      const sided = (image: string, split: string) => csvText([[...good(image), split]]);
      const text = head + sided('a.jpg', 'validation') + sided('b.jpg', 'dev');
      const { samples, rejected } = await readAll((await openFolder(text)).dataset);
      expect(samples.map(({ publishedSplit }) => publishedSplit)).toEqual(['val']);
      expect(rejected).toMatchObject([{ row: 3, name: 'b.jpg', reason: expect.stringContaining('"dev"') }]);
    });

    it('takes an image without a rating', async () => {
      const unrated = row({ name: 'a.jpg', imagePrompt: '', quality: '' });
      const { samples, rejected } = await readAll((await openFolder(table(unrated))).dataset);
      expect(rejected).toEqual([]);
      expect(samples[0]?.imagePrompt).toBeNull();
      expect(samples[0]?.ratings.filter((rating) => rating.aspect === 'quality')).toEqual([]);
    });

    it('names the column that is missing, the columns found and how to map', async () => {
      const withoutName = csvText([['file', ...columns.slice(1)], good('a.jpg')]);
      await expect(openFolder(withoutName)).rejects.toMatchObject({
        code: 'dataset-column-missing',
        column: 'name',
        found: ['file', ...columns.slice(1)],
        message: expect.stringContaining('--columns name='),
      });
    });

    it.each([
      ['an empty table', '', 'is empty'],
      ['a header alone', `${columns.join(',')}\n`, 'no row'],
      ['Latin-1', Buffer.from(`${columns.join(',')}\na.jpg,café`, 'latin1'), 'line 2'],
      ['UTF-16', Buffer.from(`\uFEFF${columns.join(',')}\na.jpg`, 'utf16le'), 'UTF-8'],
      ['a quote that is never closed', `${columns.join(',')}\na.jpg,"open`, 'quote'],
    ])('refuses %s', async (_case, text, word) => {
      await expect(openFolder(text)).rejects.toMatchObject({
        code: 'dataset-unreadable',
        message: expect.stringContaining(word),
      });
    });

    it('says what it looked for when there is no table or no folder', async () => {
      const { folder } = await openFolder(table(good('a.jpg')));
      await rm(path.join(folder, tableName));
      await expect(reader.open({ path: folder })).rejects.toMatchObject({
        code: 'dataset-unreadable',
        message: expect.stringContaining(missing ?? 'looked for data.csv'),
      });
      await expect(reader.open({ path: path.join(folder, 'none') })).rejects.toMatchObject({
        code: 'dataset-unreadable',
        message: expect.stringContaining(path.join(folder, 'none')),
      });
    });
  });
}
