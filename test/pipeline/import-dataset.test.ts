import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { importDataset, importedDataset, isImportDue } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import {
  folderPlan,
  importRun,
  openBed,
  prepareRun,
  sampleImage,
  samplePlan,
  writeDataset,
  writeTable,
} from './pipeline-bed.ts';

const IMPORTER = new URL('./children/import-and-wait.ts', import.meta.url);
const HEADER = 'name,image_prompt,mos_quality';
const IMAGES = { 'a.jpg': 'glide_normal_001.jpg', 'b.jpg': 'glide_normal_002.jpg' };
const ROWS = [HEADER, 'a.jpg,a tray of sushi,1.5', 'b.jpg,man lost in space,2.5'];
const BROKEN = [...ROWS, 'c.jpg,a cat,3', 'd.jpg,a dog,high'];

const ignore = (): void => undefined;

describe('importDataset', () => {
  it('reads the whole sample, and has nothing left to do', async () => {
    const deps = openBed();
    const plan = samplePlan(10);
    expect(await isImportDue(deps, plan)).toBe(true);
    const { dataset } = await importRun(deps, plan);
    expect(dataset.ratedAspects).toEqual(['quality', 'correspondence']);
    expect(deps.store.samples.stamps(dataset.id)).toHaveLength(297);
    expect(deps.store.datasets.countRejectedRows(dataset.id)).toBe(0);
    expect(await isImportDue(deps, plan)).toBe(false);
  });

  it('takes over what has changed and keeps the rest, with its pictures', async () => {
    const deps = openBed();
    const folder = writeDataset(ROWS, IMAGES);
    const run = await importRun(deps, folderPlan(folder));
    await prepareRun(deps, run);
    const [before] = deps.store.samples.findByName('a.jpg');
    writeTable(folder, [HEADER, 'a.jpg,a plate of sushi,4.5']);
    expect(await isImportDue(deps, run.plan)).toBe(true);
    const { dataset } = await importRun(deps, run.plan);
    expect(dataset.id).toBe(run.dataset.id);
    expect(deps.store.samples.stamps(dataset.id).map(({ name }) => name)).toEqual(['a.jpg']);
    expect(deps.store.samples.findByName('a.jpg')).toEqual([
      {
        ...before,
        imagePrompt: 'a plate of sushi',
        ratings: [{ aspect: 'quality', mos: 4.5, mosStd: null }],
      },
    ]);
    expect(await prepareRun(deps, run)).toEqual([]);
  });

  it('sets bad rows aside with file, line and reason, and takes the others', async () => {
    const deps = openBed();
    const folder = writeDataset(BROKEN, IMAGES);
    const { dataset } = await importRun(deps, folderPlan(folder));
    expect(deps.store.samples.stamps(dataset.id)).toHaveLength(2);
    expect(deps.store.datasets.rejectedRows(dataset.id, 10)).toMatchObject([
      { file: join(folder, 'data.csv'), row: 4, name: 'c.jpg', reason: expect.stringContaining('c.jpg') },
      { file: join(folder, 'data.csv'), row: 5, name: 'd.jpg', reason: expect.stringContaining('high') },
    ]);
  });

  it('is not due for bad rows alone, but as soon as one of them is mended', async () => {
    const deps = openBed();
    const folder = writeDataset(BROKEN, IMAGES);
    const run = await importRun(deps, folderPlan(folder));
    expect(await isImportDue(deps, run.plan)).toBe(false);
    copyFileSync(sampleImage('glide_normal_003.jpg'), join(folder, 'images', 'c.jpg')); // the table stays as it is
    expect(await isImportDue(deps, run.plan)).toBe(true);
    const { dataset } = await importRun(deps, run.plan);
    expect(deps.store.datasets.countRejectedRows(dataset.id)).toBe(1);
    expect(await isImportDue(deps, run.plan)).toBe(false);
  });

  it('stops at the first bad row when it has to be strict, and counts for nothing', async () => {
    const deps = openBed();
    const folder = writeDataset(BROKEN, IMAGES);
    const plan = folderPlan(folder, { strict: true });
    await expect(importDataset(deps, plan, ignore)).rejects.toMatchObject({
      code: 'dataset-row-rejected',
      message: expect.stringMatching(/data\.csv, line 4 \(c\.jpg\): .*Without --strict/),
    });
    expect(importedDataset(deps, plan)).toBeNull();
    expect(await isImportDue(deps, plan)).toBe(true);
  });

  it('is due for a strict run where an earlier one has set rows aside', async () => {
    const deps = openBed();
    const folder = writeDataset(BROKEN, IMAGES);
    await importRun(deps, folderPlan(folder));
    expect(await isImportDue(deps, folderPlan(folder, { strict: true }))).toBe(true);
  });

  it('is due again when it was killed in the middle', async () => {
    const home = temporaryFolder();
    const plan = samplePlan(10);
    const importer = startNode(IMPORTER, [home, JSON.stringify(plan)]);
    expect(await importer.line()).toBe('297');
    importer.process.kill('SIGKILL');
    await importer.ended;
    const deps = openBed(home);
    expect(importedDataset(deps, plan)).toBeNull();
    expect(await isImportDue(deps, plan)).toBe(true);
    const { dataset } = await importRun(deps, plan);
    expect(deps.store.samples.stamps(dataset.id)).toHaveLength(297);
  });

  it('reports how far it is', async () => {
    const seen: number[] = [];
    await importDataset(openBed(), samplePlan(10), (rows) => seen.push(rows));
    expect(seen.at(-1)).toBe(297);
  });
});
