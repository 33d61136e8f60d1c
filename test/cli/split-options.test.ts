import { runIdOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { parseDistillOptions } from '../../packages/cli/src/distill-options.ts';

const planOf = (flags: Parameters<typeof parseDistillOptions>[0]) => parseDistillOptions(flags, {}).plan;

describe('the options of the split', () => {
  it('are by image prompt and nothing more where none is given', () => {
    const plan = planOf({});
    expect(plan.splitBy).toBe('image-prompt');
    for (const member of ['fold', 'holdOut', 'allowLeakage']) expect(plan).not.toHaveProperty(member);
  });

  it('make another run of each fold, each generator and each rule', () => {
    const flags = [
      {},
      { folds: '5', fold: '1' },
      { folds: '5', fold: '2' },
      { splitBy: 'generator', holdOut: 'DALLE2', allowLeakage: true },
      { splitBy: 'generator', holdOut: 'glide', allowLeakage: true },
      { splitBy: 'generator' },
      { splitBy: 'random', allowLeakage: true },
      { splitBy: 'paper', allowLeakage: true },
    ];
    expect(new Set(flags.map(planOf).map(runIdOf)).size).toBe(flags.length);
    expect(planOf({ folds: '5', fold: '2' }).fold).toEqual({ folds: 5, fold: 2 });
  });

  it.each([
    ['a rule that is none', { splitBy: 'moon' }, /image-prompt, paper, generator, random/],
    ['a random split that nobody allowed to leak', { splitBy: 'random' }, /leaks .*--allow-leakage/],
    ["the paper's split that nobody allowed to leak", { splitBy: 'paper' }, /leaks .*--allow-leakage/],
    ['leave to leak where nothing can', { allowLeakage: true }, /never leaks; leave it out/],
    ['folds without a fold', { folds: '5' }, /go together/],
    ['a fold without folds', { fold: '1' }, /go together/],
    ['one fold', { folds: '1', fold: '1' }, /--folds is a whole number from 2/],
    ['a fold beyond the last', { folds: '5', fold: '6' }, /--fold is a whole number from 1 to 5/],
    ['folds by generator', { folds: '5', fold: '1', splitBy: 'generator' }, /image-prompt alone/],
    ['a generator held out by prompt', { holdOut: 'glide' }, /--split-by generator/],
  ])('refuse %s', (_case, flags, message) => {
    expect(() => planOf(flags)).toThrow(message);
  });
});
