import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildRunCorpus,
  keepTunedStages,
  type PipelineDeps,
  scorerInputs,
  triesDescriptions,
} from '@retort/pipeline';
import { type RunPlan, sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { writeImageList, writeRowList } from '../../packages/pipeline/src/scorer-rows.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type BedRun, folderPlan, openBed, runToAnswers, samplePlan, writeDataset } from './pipeline-bed.ts';

const inputsOf = async (deps: PipelineDeps, run: BedRun) =>
  scorerInputs(deps, { ...run, corpusKey: await buildRunCorpus(deps, run) });

describe('scorerInputs', () => {
  it('has each image once, with the ratings of all its aspects and one split', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30));
    const { rows, aspects } = await inputsOf(deps, run);
    expect(aspects).toEqual(['quality', 'correspondence']);
    expect(rows).toHaveLength(30);
    for (const row of rows) {
      const [sample] = deps.store.samples.findByName(row.sampleName);
      const mos = Object.fromEntries((sample?.ratings ?? []).map((rating) => [rating.aspect, rating.mos]));
      expect(row).toMatchObject({ mos, imagePath: sample?.imagePath, imageHash: sample?.image?.hash });
    }
  });

  it('names the same work by the same keys, and encodes nothing again for another seed', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    const first = await inputsOf(deps, run);
    expect(await inputsOf(deps, run)).toEqual(first);
    const reseeded = await inputsOf(deps, { ...run, plan: { ...run.plan, seed: 1 } });
    expect(reseeded.encodeKey).toBe(first.encodeKey);
    expect(reseeded.fitKey).not.toBe(first.fitKey);
  });

  it('encodes for another profile, fits for another config or refit, and leaves the keys of plain runs alone', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    const corpusKey = await buildRunCorpus(deps, run);
    const of = (change: Partial<RunPlan>) =>
      scorerInputs(deps, { ...run, plan: { ...run.plan, ...change }, corpusKey });
    const plain = await of({});
    expect(plain).toMatchObject({ encoder: 'embedded', config: { seed: 0 } });
    expect(plain).not.toHaveProperty('refit');
    expect(await of({ profile: 'fast' })).toEqual(plain);
    const best = await of({ profile: 'best' });
    expect(best.encoder).toBe('embedded-best');
    expect(best.encodeKey).not.toBe(plain.encodeKey);
    const tuned = await of({ scorerConfig: { mixup: 0 } });
    expect(tuned.config).toEqual({ seed: 0, mixup: 0 });
    const refitted = await of({ refit: 'all' });
    expect(refitted.refit).toBe('all');
    expect([tuned.encodeKey, refitted.encodeKey]).toEqual([plain.encodeKey, plain.encodeKey]);
    expect(new Set([plain, best, tuned, refitted].map(({ fitKey }) => fitKey)).size).toBe(4);
    await expect(of({ profile: 'moon' })).rejects.toThrow('There is no profile moon');
  });

  it('reads tuned stages from the home by their revision, which names features and fit, wherever they came from', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    const corpusKey = await buildRunCorpus(deps, run);
    const of = (change: Partial<RunPlan>) =>
      scorerInputs(deps, { ...run, plan: { ...run.plan, ...change }, corpusKey });
    const [plain, tuned, other] = [
      await of({}),
      await of({ tunedStages: 'a.b' }),
      await of({ tunedStages: 'a.c' }),
    ];
    const kept = join(deps.home.tunedStages, 'a.b.safetensors');
    expect(tuned).toMatchObject({
      encoder: `tuned:${kept}`,
      revisions: { ...plain.revisions, image: 'a.b' },
    });
    expect(new Set([plain, tuned, other].map(({ encodeKey }) => encodeKey)).size).toBe(3);
    expect(new Set([plain, tuned, other].map(({ fitKey }) => fitKey)).size).toBe(3);
    const file = join(temporaryFolder(), 'stages');
    for (const content of ['stages', 'what has their name but came later']) {
      writeFileSync(file, content);
      await keepTunedStages(deps.home, 'a.b', file);
    }
    expect(readFileSync(kept, 'utf8')).toBe('stages');
  });

  it('names the work alike wherever the images lie', async () => {
    const keys: string[] = [];
    for (const deps of [openBed(), openBed()]) {
      const names = ['glide_normal_001.jpg', 'glide_normal_002.jpg'];
      const rows = ['name,mos_quality', ...names.map((name, i) => `${name},${i + 1}`)];
      const folder = writeDataset(rows, Object.fromEntries(names.map((name) => [name, name])));
      const plan = folderPlan(folder, { aspects: ['quality'] });
      keys.push((await inputsOf(deps, await runToAnswers(deps, plan))).fitKey);
    }
    expect(keys[1]).toBe(keys[0]);
  });

  it('has nothing to fit where nothing is rated', async () => {
    const deps = openBed();
    const folder = writeDataset(['name', 'glide_normal_001.jpg'], {
      'glide_normal_001.jpg': 'glide_normal_001.jpg',
    });
    const run = await runToAnswers(deps, folderPlan(folder, { aspects: ['quality'] }));
    expect(await inputsOf(deps, run)).toMatchObject({ rows: [], aspects: [] });
  });

  it('brings descriptions of train rows only where a config or a tune asks for them', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30));
    const corpusKey = await buildRunCorpus(deps, run);
    const of = (weight: number | undefined, described = false) => {
      const config = weight === undefined ? {} : { scorerConfig: { description_weight: weight } };
      return scorerInputs(deps, { ...run, plan: { ...run.plan, ...config }, corpusKey, described });
    };
    const plain = await of(undefined);
    for (const { rows } of [plain, await of(0)])
      for (const row of rows) expect(row).not.toHaveProperty('descriptions');
    const told = await of(0.3);
    expect(new Set(told.rows.map(({ split }) => split))).toEqual(new Set(['train', 'val', 'test']));
    for (const { split, sampleName, descriptions } of told.rows) {
      const texts = [...deps.store.corpora.rows(corpusKey)]
        .filter((row) => row.sampleName === sampleName)
        .map(({ aspect, turns }) => [aspect, turns[1]?.text]);
      expect(descriptions).toEqual(split === 'train' ? Object.fromEntries(texts) : undefined);
    }
    expect(told.fitKey).not.toBe((await of(0)).fitKey);
    expect(told.encodeKey).not.toBe(plain.encodeKey);
    const tuned = await of(undefined, true);
    expect([tuned.rows, tuned.encodeKey, tuned.fitKey]).toEqual([told.rows, told.encodeKey, plain.fitKey]);
  });
});

describe('writeRowList and writeImageList', () => {
  it('name descriptions by the keys under which encode stores their texts', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    const corpusKey = await buildRunCorpus(deps, run);
    const lines = async (described: boolean) => {
      const { rows } = await scorerInputs(deps, { ...run, corpusKey, described });
      const paths = [await writeRowList(deps, run.id, rows), await writeImageList(deps, run.id, rows)];
      return paths.map((path) =>
        readFileSync(path, 'utf8')
          .trim()
          .split('\n')
          .map((line): Record<string, unknown> => JSON.parse(line)),
      );
    };
    const [rows = [], images = []] = await lines(true);
    expect(rows.filter(({ descriptions }) => descriptions !== undefined).length).toBeGreaterThan(0);
    for (const [place, { split, descriptions }] of rows.entries()) {
      const texts = images[place]?.descriptions;
      expect([descriptions === undefined, texts === undefined]).toEqual([
        split !== 'train',
        split !== 'train',
      ]);
      const keys = Object.entries(texts ?? {}).map(([aspect, text]) => [aspect, sha256(String(text))]);
      expect(descriptions ?? {}).toEqual(Object.fromEntries(keys));
    }
    for (const line of (await lines(false)).flat()) expect(line).not.toHaveProperty('descriptions');
  });
});

describe('triesDescriptions', () => {
  it.each([
    [{ description_weight: [0, 0.3] }, true],
    [[{ mixup: 0 }, { description_weight: 0.3 }], true],
    [[{ mixup: 0 }], false],
    [null, false],
    ['description_weight', false],
  ])('of %j is %s', (settings, expected) => {
    expect(triesDescriptions(settings)).toBe(expected);
  });
});
