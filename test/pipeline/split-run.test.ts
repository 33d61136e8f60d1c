import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildRunCorpus,
  checkSplit,
  corpusInputKey,
  exportRunCorpus,
  isImportDue,
  loadCorpus,
  type PipelineDeps,
  preparedSamples,
} from '@retort/pipeline';
import type { RunPlan } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../packages/pipeline/src/run-command.ts';
import { splitRun } from '../../packages/pipeline/src/split-run.ts';
import { change } from '../store/raw-database.ts';
import {
  type BedRun,
  folderPlan,
  openBed,
  prepared,
  runToAnswers,
  samplePlan,
  writeDataset,
} from './pipeline-bed.ts';

/** The corpus of the sample's first images in a build of Retort that had no folds, held-out generators or leakage. */
const KEY_OF_OLD = 'sha256:fe0c6f1e0dbd8739e4c96dbd167ba558b353d82371a317888379376511b5062e';

const SIDES = {
  'glide_normal_001.jpg': 'train',
  'glide_normal_002.jpg': 'train',
  'glide_normal_003.jpg': 'train',
  'DALLE2_normal_001.jpg': 'test',
  'DALLE2_normal_002.jpg': 'test',
};
const PROMPTS = ['a tray of sushi', 'man lost in space', 'a cosmic universe'];

/** Five images of the sample with a column of published sides. */
function sidedPlan(change: Partial<RunPlan> = {}): RunPlan {
  const rows = Object.entries(SIDES).map(([name, side]) => {
    const number = Number(/_00(\d)/.exec(name)?.[1] ?? 1);
    return `${name},${PROMPTS[number - 1]},${number},${side},${name.split('_')[0]}`;
  });
  const names = Object.keys(SIDES);
  const lines = ['name,image_prompt,mos_quality,split,generator', ...rows];
  const folder = writeDataset(lines, Object.fromEntries(names.map((name) => [name, name])));
  return folderPlan(folder, { aspects: ['quality'], ...change });
}

const samplesOf = (deps: PipelineDeps, run: BedRun) => [
  ...preparedSamples(deps, deps.store.samples.stamps(run.dataset.id)),
];

const leakageOf = (deps: PipelineDeps, key: string) => loadCorpus(deps, key).manifest.leakage;

describe('the split of a run', () => {
  it('is by image prompt what it was before it could be anything else, its corpus too', async () => {
    const deps = openBed();
    const key = await buildRunCorpus(deps, await runToAnswers(deps, samplePlan(30)));
    expect(key).toBe(KEY_OF_OLD);
    for (const member of ['fold', 'holdOut', 'leakage']) {
      expect(loadCorpus(deps, key).manifest).not.toHaveProperty(member);
    }
  });

  it('marks the corpus that leaks, in its key and in what is exported', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30, { splitBy: 'random', allowLeakage: true }));
    const key = await buildRunCorpus(deps, run);
    expect(key).not.toBe(KEY_OF_OLD);
    const leakage = leakageOf(deps, key);
    expect(leakage).toEqual(expect.arrayContaining([expect.stringMatching(/\d of \d test images share/)]));
    const json = JSON.parse(readFileSync(join(await exportRunCorpus(deps, key), 'corpus.json'), 'utf8'));
    expect(json.leakage).toEqual(leakage);
  });

  it('takes published sides by name, carves validation from train and says that it leaks', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, sidedPlan({ splitBy: 'paper', allowLeakage: true }));
    const key = await buildRunCorpus(deps, run);
    const rows = [...deps.store.corpora.rows(key)];
    expect(
      rows
        .filter(({ split }) => split === 'test')
        .map(({ sampleName }) => sampleName)
        .sort(),
    ).toEqual(['DALLE2_normal_001.jpg', 'DALLE2_normal_002.jpg']);
    expect(rows.filter(({ split }) => split === 'val')).toHaveLength(1);
    expect(leakageOf(deps, key)?.[0]).toContain('never counts as clean');
    expect(leakageOf(deps, key)?.join(' ')).toMatch(/of 2 test images share their image prompt/);
  });

  it('says when a published split is not here whole', async () => {
    const deps = openBed();
    const plan = samplePlan(10, { splitBy: 'paper', allowLeakage: true });
    const run = await prepared(deps, plan);
    const samples = samplesOf(deps, run).map((sample, i) => ({
      ...sample,
      publishedSplit: i % 2 === 0 ? ('train' as const) : ('test' as const),
    }));
    expect(splitRun(samples, plan, run.dataset).meta.leakage?.at(-1)).toBe(
      'The published split of agiqa-3k has 2385 train, 0 val, 597 test images; here are 5 train, 0 val, 5 test: not all of it.',
    );
  });

  it('refuses the sample under the published split, whose test images it does not have', async () => {
    const deps = openBed();
    const plan = samplePlan(10, { splitBy: 'paper', allowLeakage: true });
    const run = await prepared(deps, plan);
    expect(() => checkSplit(samplesOf(deps, run), plan)).toThrow(/published side train; its test images/);
  });

  it('refuses to leak by generator what nobody allowed', async () => {
    const deps = openBed();
    const plan = samplePlan(30, { splitBy: 'generator' });
    const run = await prepared(deps, plan);
    expect(() => checkSplit(samplesOf(deps, run), plan)).toThrow(/share their image prompt.*--allow-leakage/);
    const allowed = { ...plan, holdOut: 'glide', allowLeakage: true as const };
    const { splits, meta } = splitRun(samplesOf(deps, run), allowed, run.dataset);
    expect(meta).toMatchObject({ splitBy: 'generator', holdOut: 'glide' });
    expect(
      [...splits].filter(([, split]) => split === 'test').every(([name]) => name.startsWith('glide')),
    ).toBe(true);
  });

  it('has the shares of its folds in the corpus, whose input changes with the fold', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30, { fold: { folds: 3, fold: 2 } }));
    const { manifest } = loadCorpus(deps, await buildRunCorpus(deps, run));
    expect(manifest.fold).toEqual({ folds: 3, fold: 2 });
    expect(manifest.fractions.test).toBeCloseTo(1 / 3);
    expect(manifest.fractions.train + manifest.fractions.val).toBeCloseTo(2 / 3);
    expect(manifest.leakage).toBeUndefined();
    const other = { ...run.plan, fold: { folds: 3, fold: 3 } };
    expect(await corpusInputKey(deps, run.id, other)).not.toBe(await corpusInputKey(deps, run.id, run.plan));
  });

  it('by the published sides imports again what a home stored before it knew them', async () => {
    const deps = openBed();
    const plan = sidedPlan({ splitBy: 'paper', allowLeakage: true });
    await prepared(deps, plan);
    expect(await isImportDue(deps, plan)).toBe(false);
    change(deps.home.dir, 'UPDATE samples SET published_split = NULL');
    expect(await isImportDue(deps, plan)).toBe(true);
    expect(await isImportDue(deps, { ...plan, splitBy: 'image-prompt' })).toBe(false);
  });
});

describe('runCommand', () => {
  it('says the split again', () => {
    expect(runCommand(samplePlan(5, { fold: { folds: 5, fold: 2 } }))).toContain(' --folds 5 --fold 2');
    const held = samplePlan(5, { splitBy: 'generator', holdOut: 'sd 1.5', allowLeakage: true });
    expect(runCommand(held)).toMatch(/ --split-by generator --hold-out 'sd 1\.5' --allow-leakage/);
    expect(runCommand(samplePlan(5))).not.toMatch(/--(?:fold|hold-out|allow-leakage|split-by)/);
  });
});
