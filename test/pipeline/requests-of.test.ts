import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderPlan, openBed, prepared, requestsOfRun, samplePlan, writeDataset } from './pipeline-bed.ts';

const TWINS = { 'a.jpg': 'glide_normal_001.jpg', 'b.jpg': 'glide_normal_001.jpg' };

describe('requestsOf', () => {
  it("shows the teacher MOS and image prompt where the form is the paper's", async () => {
    const deps = openBed();
    const { requests, samples } = await requestsOfRun(deps, await prepared(deps, samplePlan(12)));
    expect(samples).toHaveLength(12);
    expect(requests).toHaveLength(24);
    for (const request of requests) {
      const sample = samples.find(({ name }) => name === request.imageName);
      const mos = sample?.ratings.find(({ aspect }) => aspect === request.aspect)?.mos;
      expect(request.promptId).toBe(`${request.aspect}/label-aware.v2`);
      expect(request.promptText).toContain(mos?.toFixed(2));
      if (request.aspect === 'correspondence') expect(request.promptText).toContain(sample?.imagePrompt);
      expect(request.model).toBe('gemini-1.5-pro'); // who gave the recorded answers
      expect(request.settings.recordings).toMatch(/^sha256:/);
    }
  });

  it('asks anew when told to repeat, and only then', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(12));
    const keys = async (plan: typeof run.plan) =>
      (await requestsOfRun(deps, { ...run, plan })).requests.map(({ key, repeat }) => [key, repeat] as const);
    const first = await keys(run.plan);
    const second = await keys({ ...run.plan, repeat: 2 });
    expect(new Set(first.map(([, repeat]) => repeat))).toEqual(new Set([0]));
    expect(new Set(second.map(([, repeat]) => repeat))).toEqual(new Set([2]));
    const known = new Set(first.map(([key]) => key));
    expect(second.filter(([key]) => known.has(key))).toEqual([]);
  });

  it('shows no MOS in the blind form', async () => {
    const deps = openBed();
    const run = await prepared(deps, samplePlan(12, { promptForm: 'blind' }));
    const { requests, samples, spec } = await requestsOfRun(deps, run);
    for (const { promptId, promptText, imageName, aspect } of requests) {
      expect(promptId).toBe(`${aspect}/blind.v2`);
      expect(spec.prompts.get(promptId).sawLabel).toBe(false);
      for (const { mos } of samples.find(({ name }) => name === imageName)?.ratings ?? []) {
        expect(promptText).not.toContain(mos.toFixed(2));
      }
    }
  });

  it('asks blind about an unrated image, and not how it corresponds to a prompt it does not have', async () => {
    const deps = openBed();
    const folder = writeDataset(['name,mos_quality', 'a.jpg,', 'b.jpg,3'], {
      'a.jpg': 'glide_normal_001.jpg',
      'b.jpg': 'glide_normal_002.jpg',
    });
    const plan = folderPlan(folder, { aspects: ['quality', 'correspondence'] });
    const { requests } = await requestsOfRun(deps, await prepared(deps, plan));
    expect(requests.map(({ imageName, promptId }) => [imageName, promptId])).toEqual([
      ['a.jpg', 'quality/blind.v2'],
      ['b.jpg', 'quality/label-aware.v2'],
    ]);
  });

  it('asks nothing about an image that was refused', async () => {
    const deps = openBed();
    const folder = writeDataset(['name', 'a.jpg', 'b.jpg'], TWINS);
    writeFileSync(join(folder, 'images', 'b.jpg'), 'no picture');
    const run = await prepared(deps, folderPlan(folder, { aspects: ['quality'] }));
    const { requests } = await requestsOfRun(deps, run);
    expect(requests.map(({ imageName }) => imageName)).toEqual(['a.jpg']);
  });
});
