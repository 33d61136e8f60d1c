import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildRunCorpus, keepTunedStages, type PipelineDeps, scorerInputs } from '@retort/pipeline';
import type { RunPlan } from '@retort/schema';
import { describe, expect, it } from 'vitest';
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
});
