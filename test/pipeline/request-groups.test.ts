import { ASPECTS, type Aspect, type RunPlan, runIdOf } from '@retort/schema';
import { loadPrompts } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { requestGroups } from '../../packages/pipeline/src/request-groups.ts';
import { PROMPTS, samplePlan } from './pipeline-bed.ts';

const prompts = await loadPrompts(PROMPTS);

/** What is asked about a sample with these ratings, as `prompt: aspects`. */
function groups(
  plan: Partial<RunPlan>,
  sample: { rated?: readonly Aspect[]; imagePrompt?: string | null } = {},
  aspects: readonly Aspect[] = ASPECTS,
): string[] {
  const { rated = ASPECTS, imagePrompt = 'sushi' } = sample;
  const ratings = rated.map((aspect) => ({ aspect, mos: 3, mosStd: null }));
  return requestGroups({ plan: samplePlan(1, plan), aspects, prompts }, { imagePrompt, ratings }).map(
    ({ prompt, aspects: asked }) => `${prompt.id}: ${asked.join(' ')}`,
  );
}

describe('requestGroups', () => {
  it('asks about each aspect by itself, unless told to combine them', () => {
    expect(groups({})).toEqual(ASPECTS.map((aspect) => `${aspect}/label-aware.v2: ${aspect}`));
  });

  it('asks about all aspects at once, in the form and output of the plan', () => {
    const all = ASPECTS.join(' ');
    expect(groups({ combined: 'json' })).toEqual([`all/label-aware.v1: ${all}`]);
    expect(groups({ combined: 'text' })).toEqual([`all/label-aware-text.v1: ${all}`]);
    expect(groups({ combined: 'json', promptForm: 'blind' })).toEqual([`all/blind.v1: ${all}`]);
  });

  it('leaves out correspondence where there is no image prompt', () => {
    expect(groups({ combined: 'json' }, { imagePrompt: null })).toEqual([
      'all/label-aware.v1: quality authenticity',
    ]);
  });

  it('asks for fewer where --aspects wants fewer, and about a single one as ever', () => {
    expect(groups({ combined: 'json' }, {}, ['quality', 'correspondence'])).toEqual([
      'all/label-aware.v1: quality correspondence',
    ]);
    expect(groups({ combined: 'json' }, {}, ['authenticity'])).toEqual([
      'authenticity/label-aware.v2: authenticity',
    ]);
    expect(groups({ combined: 'json' }, { imagePrompt: null }, ['correspondence'])).toEqual([]);
  });

  it('never puts an aspect without a rating beside the MOS of the others', () => {
    expect(groups({ combined: 'json' }, { rated: ['quality', 'correspondence'] })).toEqual([
      'all/label-aware.v1: quality correspondence',
      'authenticity/blind.v2: authenticity',
    ]);
    expect(groups({ combined: 'text' }, { rated: ['quality'] })).toEqual([
      'quality/label-aware.v2: quality',
      'all/blind-text.v1: correspondence authenticity',
    ]);
  });

  it('keeps to a version that is named, and says which there are', () => {
    expect(groups({ promptVersion: 1 }, {}, ['quality'])).toEqual(['quality/label-aware.v1: quality']);
    // Nobody named a version of the blind form that has to stand in.
    expect(groups({ promptVersion: 1 }, { rated: [] }, ['quality'])).toEqual(['quality/blind.v2: quality']);
    expect(groups({ promptVersion: 1, combined: 'json' })).toHaveLength(1);
    expect(() => groups({ promptVersion: 2, combined: 'json' })).toThrow(/all\/label-aware\.v2/);
  });
});

describe('runIdOf', () => {
  it('is what it was before there were versions and combined prompts, where neither is used', () => {
    const dataset = { ...samplePlan(3).dataset, reader: 'csv', path: '/sample' };
    const plan = samplePlan(3, { dataset, recordings: null });
    // Taken from the commit before.
    expect(runIdOf(plan)).toBe('76f5497196320c87');
    expect(runIdOf({ ...plan, combined: 'json' })).not.toBe(runIdOf(plan));
    expect(runIdOf({ ...plan, promptVersion: 1 })).not.toBe(runIdOf(plan));
  });
});
