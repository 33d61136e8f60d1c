import { SPLITS } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { type DatasetReader, findReader } from '../../packages/datasets/src/index.ts';
import { readAll, temporaryFolder } from '../datasets/dataset-folder.ts';

/** A whole dataset in the reader's layout. */
export interface AnyDatasetFixture {
  readonly reader: DatasetReader;
  /** Writes it into an empty folder. */
  write(folder: string): Promise<void>;
  /** Rows it has. */
  readonly rows: number;
}

/** What every reader must do, whatever its files look like. */
export function describeAnyDatasetReader(name: string, fixture: AnyDatasetFixture): void {
  const { reader } = fixture;
  const openWhole = async () => {
    const folder = await temporaryFolder();
    await fixture.write(folder);
    return reader.open({ path: folder });
  };

  describe(`${name}: the contract of any dataset`, () => {
    it('is in the registry under its own name', () => {
      expect(findReader(reader.name)).toBe(reader);
    });

    it('reads every row, each under a name of its own, with ratings of the aspects it promised', async () => {
      const dataset = await openWhole();
      const { samples, rejected } = await readAll(dataset);
      expect(rejected).toEqual([]);
      expect(samples).toHaveLength(fixture.rows);
      expect(new Set(samples.map((sample) => sample.name)).size).toBe(fixture.rows);
      const rated = new Set(samples.flatMap(({ ratings }) => ratings.map(({ aspect }) => aspect)));
      expect([...rated].sort()).toEqual([...dataset.description.ratedAspects].sort());
      const { min, max } = dataset.description.scale;
      for (const { mos } of samples.flatMap(({ ratings }) => ratings)) {
        expect(mos).toBeGreaterThanOrEqual(min);
        expect(mos).toBeLessThanOrEqual(max);
      }
    });

    it('reads the same rows a second time, in the same order', async () => {
      const dataset = await openWhole();
      expect(await readAll(dataset)).toEqual(await readAll(dataset));
    });

    it('names itself as it is told to, and its files by whole paths', async () => {
      const folder = await temporaryFolder();
      await fixture.write(folder);
      const dataset = await reader.open({ path: folder, datasetName: 'of another name' });
      expect(dataset.description).toMatchObject({ reader: reader.name, name: 'of another name' });
      expect(dataset.files.length).toBeGreaterThan(0);
      expect(dataset.files.every((file) => file.startsWith(folder))).toBe(true);
    });

    it('says how large its published split is, or that there is none', () => {
      if (reader.publishedSplitSizes === null) return;
      for (const split of SPLITS) {
        expect(Number.isInteger(reader.publishedSplitSizes[split])).toBe(true);
      }
      expect(reader.publishedSplitSizes.train).toBeGreaterThan(0);
      expect(reader.publishedSplitSizes.test).toBeGreaterThan(0);
    });

    it('refuses an empty folder and one that is not there', async () => {
      const folder = await temporaryFolder();
      for (const path of [folder, `${folder}/none`]) {
        await expect(reader.open({ path })).rejects.toMatchObject({ code: 'dataset-unreadable' });
      }
    });
  });
}
