import { aspectsOf, planRequests, preparedSamples, requestSpec } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { requestsInputKey } from '../../packages/pipeline/src/plan-requests.ts';
import {
  folderPlan,
  importRun,
  openBed,
  planRun,
  prepared,
  requestsOfRun,
  samplePlan,
  teachRun,
  writeDataset,
  writeTable,
} from './pipeline-bed.ts';

const LATER = '2027';
const TWINS = { 'a.jpg': 'glide_normal_001.jpg', 'b.jpg': 'glide_normal_001.jpg' };

describe('planRequests', () => {
  it('asks once about identical images, for both samples', async () => {
    const deps = openBed();
    const folder = writeDataset(['name', 'a.jpg', 'b.jpg'], TWINS);
    const run = await prepared(deps, folderPlan(folder, { aspects: ['quality'] }));
    await planRun(deps, run);
    expect(deps.store.requests.due(run.id, LATER, 10)).toMatchObject([{ imageName: 'a.jpg' }]);
  });

  it('asks about identical images apart where people rated them differently and the teacher sees it', async () => {
    const deps = openBed();
    const folder = writeDataset(['name,mos_quality', 'a.jpg,1', 'b.jpg,4'], TWINS);
    const run = await prepared(deps, folderPlan(folder));
    await planRun(deps, run);
    expect(deps.store.requests.due(run.id, LATER, 10)).toHaveLength(2);
  });

  it('changes nothing when it is done again, not even after answers', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(6));
    await planRun(deps, run);
    await teachRun(deps, run);
    const counts = deps.store.requests.counts(run.id);
    expect(counts).toEqual({ pending: 0, answered: 12, 'dead-letter': 0 });
    await planRun(deps, run);
    expect(deps.store.requests.counts(run.id)).toEqual(counts);
  });

  it('no longer asks about a row that has left the table', async () => {
    const deps = openBed();
    const images = { 'a.jpg': 'glide_normal_001.jpg', 'b.jpg': 'glide_normal_002.jpg' };
    const folder = writeDataset(['name', 'a.jpg', 'b.jpg'], images);
    const plan = folderPlan(folder, { aspects: ['quality'] });
    await planRun(deps, await prepared(deps, plan));
    writeTable(folder, ['name', 'b.jpg']);
    const run = await prepared(deps, plan);
    await planRun(deps, run);
    expect(deps.store.requests.due(run.id, LATER, 10)).toMatchObject([{ imageName: 'b.jpg' }]);
    expect(deps.store.requests.counts(run.id).pending).toBe(1);
  });

  it('has the requests of an earlier table again when that comes back', async () => {
    const deps = openBed();
    const first = ['name,mos_quality', 'a.jpg,1', 'b.jpg,4'];
    const folder = writeDataset(first, TWINS);
    const keysOf = async (lines: readonly string[]) => {
      writeTable(folder, lines);
      const run = await prepared(deps, folderPlan(folder));
      await planRun(deps, run);
      return deps.store.requests.due(run.id, LATER, 10).map(({ key }) => key);
    };
    const before = await keysOf(first);
    const between = await keysOf(['name,mos_quality', 'b.jpg,2']);
    expect(between).toHaveLength(1);
    expect(before).not.toContain(between[0]);
    expect(await keysOf(first)).toEqual(before);
  });

  it('does its work again when it was cut short', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(4));
    await planRun(deps, run);
    const { plan } = deps.store.requests;
    let left = 3;
    const requests = {
      ...deps.store.requests,
      plan: (...args: Parameters<typeof plan>) => {
        left -= 1;
        if (left < 0) throw new Error('cut short');
        plan(...args);
      },
    };
    const changed = { ...run, plan: { ...run.plan, promptForm: 'blind' as const } };
    await expect(planRun({ ...deps, store: { ...deps.store, requests } }, changed)).rejects.toThrow(
      'cut short',
    );
    expect(deps.store.requests.counts(run.id).pending).toBe(0);
    await planRun(deps, run);
    expect(deps.store.requests.counts(run.id).pending).toBe(8);
  });

  it('keeps the words of every prompt it uses', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(1));
    const spec = await requestSpec(deps, run.plan, run.dataset);
    planRequests(deps, run.id, spec, preparedSamples(deps, deps.store.samples.stamps(run.dataset.id)));
    const [due] = deps.store.requests.due(run.id, LATER, 1);
    expect(spec.prompts.get(due?.promptId ?? '').sawLabel).toBe(true);
  });
});

describe('aspectsOf', () => {
  const plan = samplePlan(1);
  it.each([
    [
      'those asked for',
      { ...plan, aspects: ['authenticity' as const] },
      ['quality' as const],
      ['authenticity'],
    ],
    ['those with ratings', plan, ['quality' as const], ['quality']],
    ['all, where nothing is rated', plan, [], ['quality', 'correspondence', 'authenticity']],
  ])('has %s', (_what, asked, ratedAspects, expected) => {
    expect(aspectsOf(asked, { ratedAspects })).toEqual(expected);
  });
});

describe('requestSpec', () => {
  it('leaves out an aspect without recorded answers, and refuses one that was asked for by name', async () => {
    const deps = openBed();
    const folder = writeDataset(['name,image_prompt', 'a.jpg,sushi'], TWINS);
    const run = await importRun(deps, folderPlan(folder));
    expect((await requestSpec(deps, run.plan, run.dataset)).aspects).toEqual(['quality', 'correspondence']);
    const asked = { ...run.plan, aspects: ['authenticity' as const] };
    await expect(requestSpec(deps, asked, run.dataset)).rejects.toMatchObject({
      code: 'recordings-missing-aspect',
    });
  });
});

describe('requestsInputKey', () => {
  it('is the same until a sample or the plan changes', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(4));
    const { spec, samples } = await requestsOfRun(deps, run);
    const key = requestsInputKey(spec, samples);
    expect(requestsInputKey(spec, structuredClone(samples))).toBe(key);
    expect(requestsInputKey(spec, samples.slice(1))).not.toBe(key);
    expect(requestsInputKey({ ...spec, aspects: ['quality'] }, samples)).not.toBe(key);
  });
});
