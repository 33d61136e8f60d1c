import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { descriptionOf, isWordOnly } from '@retort/corpus';
import {
  buildRunCorpus,
  corpusInputKey,
  exportRunCorpus,
  findRunCorpus,
  loadCorpus,
  loadRunCorpus,
  type PipelineDeps,
  trainingCommandOf,
} from '@retort/pipeline';
import { wordLabelOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import {
  type BedRun,
  folderPlan,
  importRun,
  openBed,
  planRun,
  prepareRun,
  runToAnswers,
  samplePlan,
  writeDataset,
  writeTable,
} from './pipeline-bed.ts';

const IMAGES = {
  'glide_normal_001.jpg': 'glide_normal_001.jpg',
  'glide_normal_002.jpg': 'glide_normal_002.jpg',
  'glide_normal_003.jpg': 'glide_normal_003.jpg',
};
const NAMES = Object.keys(IMAGES);

async function audited(deps: PipelineDeps, run: BedRun): Promise<string> {
  const key = await buildRunCorpus(deps, run);
  deps.store.runs.saveStageResult('audit', await corpusInputKey(deps, run.id, run.plan), { corpusKey: key });
  return key;
}

describe('buildRunCorpus', () => {
  it('gives the same corpus for the same answers, in another home and in the same one', async () => {
    const keys: string[] = [];
    for (const deps of [openBed(), openBed()]) {
      const run = await runToAnswers(deps, samplePlan(30));
      keys.push(await buildRunCorpus(deps, run), await buildRunCorpus(deps, run));
    }
    expect(new Set(keys).size).toBe(1);
  });

  it('makes a conversation of every answer, with the word of its MOS', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30));
    const key = await buildRunCorpus(deps, run);
    const rows = [...deps.store.corpora.rows(key)];
    expect(rows).toHaveLength(60);
    for (const row of rows) {
      expect(row.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
      const sample = deps.store.samples.findByName(row.sampleName)[0];
      const mos = sample?.ratings.find(({ aspect }) => aspect === row.aspect)?.mos ?? -1;
      expect(row).toMatchObject({ mos, wordLabel: wordLabelOf(mos), sawLabel: true });
      expect(row.turns[3]?.text).toBe(wordLabelOf(mos));
      expect(deps.store.attempts.answered(row.requestKey, row.aspect)?.description).toBe(row.turns[1]?.text);
    }
  });

  it('puts all images of a prompt on one side, the same for every aspect', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30));
    const splits = new Map<string | null, Set<string>>();
    for (const { imagePrompt, split } of deps.store.corpora.rows(await buildRunCorpus(deps, run))) {
      splits.set(imagePrompt, (splits.get(imagePrompt) ?? new Set()).add(split));
    }
    expect([...splits.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set([...splits.values()].flatMap((split) => [...split]))).toEqual(
      new Set(['train', 'val', 'test']),
    );
  });

  it('is another corpus under another seed or word for the split', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(30));
    const key = await buildRunCorpus(deps, run);
    const reseeded = { ...run, plan: { ...run.plan, seed: 1 } };
    expect(await buildRunCorpus(deps, reseeded)).not.toBe(key);
    expect(
      await buildRunCorpus(deps, { ...run, plan: { ...run.plan, splitBy: 'random', allowLeakage: true } }),
    ).not.toBe(key);
  });

  it('says so when nothing was answered', async () => {
    const deps = openBed();
    const run = await importRun(deps, samplePlan(3));
    await prepareRun(deps, run);
    await planRun(deps, run);
    await expect(buildRunCorpus(deps, run)).rejects.toMatchObject({
      code: 'corpus-empty',
      message: expect.stringContaining('distill failures'),
    });
  });

  it('leaves out what was refused since it was answered, and what has left the table', async () => {
    const deps = openBed();
    const rows = ['name,image_prompt', ...NAMES.map((name) => `${name},prompt of ${name}`)];
    const folder = writeDataset(rows, IMAGES);
    const run = await runToAnswers(deps, folderPlan(folder, { aspects: ['quality'] }));
    const sampleNames = async () =>
      [...deps.store.corpora.rows(await buildRunCorpus(deps, run))].map(({ sampleName }) => sampleName);
    expect(await sampleNames()).toEqual(NAMES);
    const [first] = deps.store.samples.findByName(NAMES[0] ?? '');
    const refused = {
      kind: 'rejected',
      recipe: 'r',
      reason: 'Gone.',
      stamp: { bytes: 0, modifiedMs: 0 },
    } as const;
    deps.store.samples.savePrepared(first?.id ?? 0, refused);
    expect(await sampleNames()).toEqual(NAMES.slice(1));
    writeTable(folder, rows.slice(0, -1));
    await importRun(deps, run.plan);
    expect(await sampleNames()).toEqual([NAMES[1]]);
  });
});

describe('corpusInputKey', () => {
  it('changes with a rating, a prompt or a name that no request mentions', async () => {
    const deps = openBed();
    const row = (rest: string): string[] => [
      'name,image_prompt,generator,mos_quality',
      `${NAMES[0]},${rest}`,
    ];
    const folder = writeDataset(row('sushi,glide,2'), IMAGES);
    const plan = folderPlan(folder, { aspects: ['quality'], promptForm: 'blind' });
    const run = await runToAnswers(deps, plan);
    const keys = [await corpusInputKey(deps, run.id, plan)];
    for (const rest of ['sushi,glide,3', 'ramen,glide,3', 'ramen,dalle,3']) {
      writeTable(folder, row(rest));
      await importRun(deps, plan);
      await planRun(deps, run);
      expect(deps.store.requests.counts(run.id)).toEqual({ pending: 0, answered: 1, 'dead-letter': 0 });
      keys.push(await corpusInputKey(deps, run.id, plan));
    }
    expect(new Set(keys).size).toBe(4);
    expect(await corpusInputKey(deps, run.id, plan)).toBe(keys[3]);
  });
});

describe('loadRunCorpus', () => {
  it('finds the corpus of the answers as they are, and says when there is none yet', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    expect(await findRunCorpus(deps, run)).toBeNull();
    await expect(loadRunCorpus(deps, run)).rejects.toMatchObject({ code: 'not-found' });
    const key = await audited(deps, run);
    expect(await loadRunCorpus(deps, run)).toBe(key);
    expect(() => loadCorpus(deps, 'sha256:00')).toThrow(/no corpus sha256:00/);
  });
});

describe('exportRunCorpus', () => {
  it('shows no description in val and test, while the store keeps it', async () => {
    const deps = openBed();
    const key = await audited(deps, await runToAnswers(deps, samplePlan(30)));
    const path = await exportRunCorpus(deps, key);
    const exported = new Map(
      ['train', 'val', 'test'].map((split) => [
        split,
        readFileSync(join(path, 'ms-swift', `${split}.jsonl`), 'utf8'),
      ]),
    );
    for (const row of deps.store.corpora.rows(key)) {
      expect(isWordOnly(row.turns)).toBe(false);
      const description = JSON.stringify(descriptionOf(row)).slice(1, -1);
      expect(exported.get(row.split)?.includes(description)).toBe(row.split === 'train');
    }
    expect(loadCorpus(deps, key)).toMatchObject({ path, manifest: { key, rows: 60, sawLabelRows: 60 } });
  });

  it('writes the same bytes in another home, and finds its own again', async () => {
    const sums: string[] = [];
    for (const deps of [openBed(), openBed()]) {
      const key = await audited(deps, await runToAnswers(deps, samplePlan(12)));
      const path = await exportRunCorpus(deps, key);
      expect(await exportRunCorpus(deps, key)).toBe(path);
      sums.push(readFileSync(join(path, 'SHA256SUMS'), 'utf8'));
    }
    expect(sums[0]).toMatch(/^[0-9a-f]{64} /);
    expect(sums[1]).toBe(sums[0]);
  });

  it('knows the command that trains on it, once it is written', async () => {
    const deps = openBed();
    const key = await audited(deps, await runToAnswers(deps, samplePlan(12)));
    expect(trainingCommandOf(deps, key)).toBeNull();
    const path = await exportRunCorpus(deps, key);
    expect(trainingCommandOf(deps, key)).toContain(path);
  });
});
