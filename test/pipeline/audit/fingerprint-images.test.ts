import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintImage } from '@retort/images';
import { buildRunCorpus, type PipelineDeps } from '@retort/pipeline';
import { FINGERPRINT, type JobProgress } from '@retort/schema';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { auditCorpus } from '../../../packages/pipeline/src/audit/audit-corpus.ts';
import { fingerprintImages } from '../../../packages/pipeline/src/audit/fingerprint-images.ts';
import {
  type BedRun,
  folderPlan,
  openBed,
  prepared,
  runToAnswers,
  sampleImage,
  samplePlan,
  writeDataset,
} from '../pipeline-bed.ts';

function sourcesOf(deps: PipelineDeps, run: BedRun) {
  return deps.store.samples.stamps(run.dataset.id).flatMap(({ id }) => {
    const image = deps.store.samples.get(id)?.image ?? null;
    return image === null ? [] : [{ imageHash: image.hash, blobHash: image.blobHash }];
  });
}

describe('fingerprintImages', () => {
  it('makes those that the store lacks, once, and tells of them', async () => {
    const deps = openBed();
    const sources = sourcesOf(deps, await prepared(deps, samplePlan(6)));
    const told: JobProgress[] = [];
    const made = await fingerprintImages(deps, [...sources, ...sources], (progress) => told.push(progress));
    expect(made.size).toBe(6);
    expect(told).toEqual([{ done: 0, total: 6, unit: 'image', note: null }]);
    for (const { imageHash, blobHash } of sources) {
      const expected = await fingerprintImage(deps.blobs.path(blobHash));
      expect(made.get(imageHash)).toEqual(expected);
      expect(expected).toHaveLength(FINGERPRINT.bytes);
    }
    // The pictures are gone: what is known now comes from the store.
    for (const { blobHash } of sources) rmSync(deps.blobs.path(blobHash));
    const again = await fingerprintImages(deps, sources, (progress) => told.push(progress));
    expect([...again].map(([hash, bits]) => [hash, [...(bits ?? [])]])).toEqual(
      [...made].map(([hash, bits]) => [hash, [...(bits ?? [])]]),
    );
    expect(told).toHaveLength(1);
  });

  it('says which picture is gone', async () => {
    const deps = openBed();
    const [source] = sourcesOf(deps, await prepared(deps, samplePlan(1)));
    rmSync(deps.blobs.path(source?.blobHash ?? ''));
    await expect(fingerprintImages(deps, source === undefined ? [] : [source])).rejects.toMatchObject({
      code: 'blob-missing',
    });
  });
});

describe('the audit of a run', () => {
  it('finds an image that was saved again under another name, also when the corpus is audited later', async () => {
    const names = [
      'glide_normal_001.jpg',
      'glide_normal_002.jpg',
      'glide_normal_003.jpg',
      'glide_normal_014.jpg',
    ];
    const folder = writeDataset(
      ['name,prompt', ...names.map((name, index) => `${name},prompt ${index}`)],
      Object.fromEntries(names.map((name) => [name, name])),
    );
    const copy = await sharp(sampleImage(names[0] ?? ''))
      .resize(300, 300)
      .jpeg({ quality: 70 })
      .toBuffer();
    writeFileSync(join(folder, 'images', names[1] ?? ''), copy);
    const deps = openBed();
    const key = await buildRunCorpus(deps, await runToAnswers(deps, folderPlan(folder)));
    const found = expect.objectContaining({ code: 'near-duplicate' });
    expect(deps.store.corpora.get(key)?.audit).toMatchObject({ findings: expect.arrayContaining([found]) });
    expect((await auditCorpus(deps, key, {})).findings).toEqual(expect.arrayContaining([found]));
  });
});
