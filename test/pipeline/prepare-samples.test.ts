import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PREPARE_V1 } from '@retort/images';
import { prepareSample, samplesToPrepare } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { folderPlan, importRun, openBed, prepareRun, writeDataset } from './pipeline-bed.ts';

const ROWS = ['name', 'a.jpg', 'b.jpg'];
const IMAGES = { 'a.jpg': 'glide_normal_001.jpg', 'b.jpg': 'glide_normal_002.jpg' };

async function importedFolder() {
  const deps = openBed();
  const folder = writeDataset(ROWS, IMAGES);
  const run = await importRun(deps, folderPlan(folder));
  return { deps, run, file: (name: string) => join(folder, 'images', name) };
}

describe('samplesToPrepare', () => {
  it('has every sample of a new home, and none once they are prepared', async () => {
    const { deps, run } = await importedFolder();
    expect(await prepareRun(deps, run)).toEqual(['a.jpg', 'b.jpg']);
    expect(await prepareRun(deps, run)).toEqual([]);
  });

  it('has a sample whose file has changed in size or time', async () => {
    const { deps, run, file } = await importedFolder();
    await prepareRun(deps, run);
    const { atime, mtime } = statSync(file('b.jpg'));
    utimesSync(file('b.jpg'), atime, new Date(mtime.getTime() + 1000));
    expect(await prepareRun(deps, run)).toEqual(['b.jpg']);
    expect(await prepareRun(deps, run)).toEqual([]);
  });

  it('has a sample that another recipe prepared', async () => {
    const { deps, run } = await importedFolder();
    await prepareRun(deps, run);
    const stamps = deps.store.samples.stamps(run.dataset.id);
    const older = stamps.map((stamp) => ({ ...stamp, recipe: 'prepare-v0' }));
    expect(await samplesToPrepare(older)).toEqual(older);
  });

  it('has a refused picture again only when its file is another', async () => {
    const { deps, run, file } = await importedFolder();
    rmSync(file('a.jpg'));
    expect(await prepareRun(deps, run)).toEqual(['a.jpg', 'b.jpg']);
    expect(deps.store.samples.findByName('a.jpg')).toMatchObject([{ image: null, rejectedReason: /./ }]);
    expect(await prepareRun(deps, run)).toEqual([]);
    writeFileSync(file('a.jpg'), '<html>not found</html>');
    expect(await prepareRun(deps, run)).toEqual(['a.jpg']);
    expect(deps.store.datasets.countRejectedRows(run.dataset.id)).toBe(1);
  });
});

describe('prepareSample', () => {
  it('stores the picture as a blob and tells what it was made of', async () => {
    const { deps, run, file } = await importedFolder();
    const [sample] = deps.store.samples.stamps(run.dataset.id);
    const prepared = await prepareSample(deps, sample?.id ?? 0);
    if (prepared?.kind !== 'prepared') throw new Error('The sample has a sound picture.');
    expect(prepared.image).toMatchObject({ recipe: PREPARE_V1.version, mediaType: 'image/jpeg' });
    expect(prepared.stamp).toEqual({
      bytes: statSync(file('a.jpg')).size,
      modifiedMs: statSync(file('a.jpg')).mtimeMs,
    });
    expect(await deps.blobs.has(prepared.image.blobHash)).toBe(true);
    expect((await deps.blobs.read(prepared.image.blobHash)).length).toBe(prepared.image.blobBytes);
  });

  it('has nothing to say of a sample that is not there', async () => {
    expect(await prepareSample(openBed(), 99)).toBeNull();
  });
});
