import { type RunPlan, runIdOf, runPlanSchema } from '@retort/schema';
import { describe, expect, it } from 'vitest';

const PLAN: RunPlan = {
  dataset: { reader: 'csv', path: '/data', csv: null, columns: null, scale: null, name: null },
  recordings: null,
  aspects: null,
  teacher: 'gemini',
  model: 'gemini-3.8-flash',
  promptForm: 'label-aware',
  limit: null,
  seed: 0,
  splitBy: 'image-prompt',
  strict: false,
};

describe('runIdOf', () => {
  it('is what it was before runs could repeat, so that homes of then go on', () => {
    expect(runIdOf(PLAN)).toBe('3c7ac4d784510721');
    expect(runIdOf(runPlanSchema.parse(PLAN))).toBe(runIdOf(PLAN));
  });

  it('is another for each repeat', () => {
    const ids = [PLAN, { ...PLAN, repeat: 1 }, { ...PLAN, repeat: 2 }].map(runIdOf);
    expect(new Set(ids).size).toBe(3);
  });

  it('is another for another profile, another config of the scorer and a refit', () => {
    const changes = [{}, { profile: 'best' }, { scorerConfig: { mixup: 0 } }, { refit: 'all' as const }];
    const ids = changes.map((change) => runIdOf(runPlanSchema.parse({ ...PLAN, ...change })));
    expect(new Set(ids).size).toBe(changes.length);
  });
});
