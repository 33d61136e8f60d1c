import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, imageOf, saveSample } from './filled-home.ts';
import { openHome } from './open-home.ts';

function filled(count = 1) {
  const store = openHome(temporaryFolder());
  return { store, ...fillHome(store, count) };
}

describe('datasets', () => {
  it('is the same row for the same key, and marked as whole only at the end of an import', () => {
    const { store, datasetId } = filled();
    const key = sha256('dataset');
    const found = store.datasets.find(key);
    expect(found).toMatchObject({ id: datasetId, ratedAspects: ['quality'], contentHash: null });
    if (found === null) throw new Error('unreachable: checked above');
    expect(store.datasets.save(key, { ...found, ratedAspects: ['correspondence'] })).toBe(datasetId);
    store.datasets.finishImport(datasetId, sha256('content'));
    expect(store.datasets.find(key)).toMatchObject({
      ratedAspects: ['correspondence'],
      contentHash: sha256('content'),
    });
    store.datasets.beginImport(datasetId);
    expect(store.datasets.find(key)?.contentHash).toBeNull();
    expect(store.datasets.find(sha256('another'))).toBeNull();
  });

  it('hides the rows that a later import does not have, and finds them again with their picture', () => {
    const { store, datasetId, sampleIds } = filled(2);
    store.datasets.beginImport(datasetId);
    expect(store.samples.stamps(datasetId)).toEqual([]);
    store.datasets.saveSample(datasetId, {
      name: '00001.jpg',
      imagePath: '/data/1.jpg',
      imagePrompt: 'another prompt',
      generator: null,
      generatorSetting: null,
      publishedSplit: 'test',
      ratings: [],
      row: 9,
    });
    expect(store.samples.stamps(datasetId).map(({ id }) => id)).toEqual([sampleIds[1]]);
    expect(store.samples.get(sampleIds[1] ?? 0)).toMatchObject({
      row: 9,
      imagePrompt: 'another prompt',
      generator: null,
      publishedSplit: 'test',
      ratings: [],
      image: imageOf(1),
    });
  });

  it('knows whether any sample of the latest import has a published side', () => {
    const { store, datasetId } = filled(1);
    expect(store.datasets.hasPublishedSplit(datasetId)).toBe(false);
    saveSample(store, datasetId, 0, { publishedSplit: 'train' });
    expect(store.datasets.hasPublishedSplit(datasetId)).toBe(true);
    store.datasets.beginImport(datasetId);
    expect(store.datasets.hasPublishedSplit(datasetId)).toBe(false);
  });

  it('counts rows set aside by the reader and pictures refused later, and tells them apart', () => {
    const { store, datasetId, sampleIds } = filled();
    const row = { file: '/data/data.csv', row: 7, name: null, reason: 'A name was expected.' };
    store.datasets.saveRejectedRow(datasetId, row);
    const rejected = {
      kind: 'rejected',
      recipe: 'r',
      reason: 'No JPEG.',
      stamp: { bytes: 1, modifiedMs: 1 },
    } as const;
    store.samples.savePrepared(sampleIds[0] ?? 0, rejected);
    expect(store.datasets.countRejectedRows(datasetId)).toBe(2);
    expect(store.datasets.rejectedRows(datasetId, 10)).toEqual([
      { file: '/data/0.jpg', row: 2, name: '00000.jpg', reason: 'No JPEG.' },
      row,
    ]);
    expect(store.datasets.rejectedRows(datasetId, 1)).toHaveLength(1);
    expect(store.datasets.importRejections(datasetId)).toEqual([row]);
    expect(store.samples.get(sampleIds[0] ?? 0)).toMatchObject({ image: null, rejectedReason: 'No JPEG.' });
  });
});

describe('samples.findByName', () => {
  it('finds a whole name, or the last part of one, and takes no character for a wildcard', () => {
    const { store, datasetId } = filled();
    for (const name of ['glide/a_1.jpg', 'glide/ab1.jpg', 'xa_1.jpg']) {
      const nothing = {
        imagePrompt: null,
        generator: null,
        generatorSetting: null,
        publishedSplit: null,
        ratings: [],
        row: 2,
      };
      store.datasets.saveSample(datasetId, { ...nothing, name, imagePath: `/data/${name}` });
    }
    expect(store.samples.findByName('a_1.jpg').map(({ name }) => name)).toEqual(['glide/a_1.jpg']);
    expect(store.samples.findByName('xa_1.jpg').map(({ name }) => name)).toEqual(['xa_1.jpg']);
    expect(store.samples.findByName('%.jpg')).toEqual([]);
  });
});
