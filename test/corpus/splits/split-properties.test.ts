import { SPLITS, type Split, sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import {
  assignSplits,
  describeLeakage,
  type SplitOptions,
  type SplitSample,
  SplitUnavailableError,
} from '../../../packages/corpus/src/index.ts';
import { normaliseImagePrompt } from '../../../packages/corpus/src/splits/normalise-image-prompt.ts';
import { sidesOf } from './grid.ts';

/** Numbers from 0 to below `below` that look random and depend on `seed` alone. */
function numbers(seed: number) {
  let count = 0;
  return (below: number) => {
    count += 1;
    return Number.parseInt(sha256(`${seed} ${count}`).slice(7, 15), 16) % below;
  };
}

/** A dataset of any shape: few or many prompts, spelt in different ways or missing, shared images, unknown generators. */
function anySamples(seed: number): readonly SplitSample[] {
  const next = numbers(seed);
  const [size, prompts, hashes, generators] = [1 + next(200), 1 + next(40), 1 + next(300), 1 + next(8)];
  const sharesImages = next(4) === 0;
  return Array.from({ length: size }, (_, i) => {
    const prompt = `Prompt ${next(prompts)}`;
    const spellings = [prompt, prompt.toUpperCase(), ` ${prompt}\n`, prompt.replace(' ', '  '), null];
    const generator = next(generators);
    return {
      name: `${i}.jpg`,
      imagePrompt: spellings[next(spellings.length)] ?? null,
      imageHash: `hash ${sharesImages ? next(hashes) : i}`,
      generator: generator === 0 ? null : `generator ${generator}`,
      publishedSplit: SPLITS[next(3)] ?? null,
    };
  });
}

const SEEDS = Array.from({ length: 60 }, (_, i) => i);

const RULES: readonly (readonly [string, (samples: readonly SplitSample[]) => Omit<SplitOptions, 'seed'>])[] =
  [
    ['image-prompt', () => ({ by: 'image-prompt' })],
    ['a fold', () => ({ by: 'image-prompt', fold: { folds: 3, fold: 2 } })],
    ['generator', () => ({ by: 'generator', allowLeakage: true })],
    ['random', () => ({ by: 'random', allowLeakage: true })],
    ['paper', () => ({ by: 'paper', allowLeakage: true })],
  ];

/** What a rule promises to keep on one side; the published split promises nothing. */
const UNIT_OF: Readonly<Record<string, (sample: SplitSample) => unknown>> = {
  'image-prompt': promptOf,
  'a fold': promptOf,
  generator: ({ generator }) => generator,
  random: ({ imageHash }) => imageHash,
  paper: ({ name }) => name,
};

function promptOf({ imagePrompt, imageHash }: SplitSample): string {
  return imagePrompt === null ? imageHash : normaliseImagePrompt(imagePrompt);
}

/** Null where the rule can't be followed, which it says. */
function splitsOf(samples: readonly SplitSample[], options: SplitOptions): ReadonlyMap<string, Split> | null {
  try {
    return assignSplits(samples, options);
  } catch (error) {
    if (error instanceof SplitUnavailableError) return null;
    throw error;
  }
}

describe.each(RULES)('a split by %s of any dataset', (rule, optionsOf) => {
  it('gives every sample one side, no unit two, and the same in any order', () => {
    let made = 0;
    for (const seed of SEEDS) {
      const samples = anySamples(seed);
      const options = { ...optionsOf(samples), seed };
      const splits = splitsOf(samples, options);
      if (splits === null) continue;
      made += 1;
      expect([...splits.keys()].sort()).toEqual(samples.map(({ name }) => name).sort());
      // Validation is carved from the generators that train has.
      const seen = new Map(
        [...splits].map(([name, split]) => [name, split === 'val' ? 'train' : split] as const),
      );
      const sides = sidesOf(samples, rule === 'generator' ? seen : splits, UNIT_OF[rule] ?? promptOf);
      expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
      const again = splitsOf([...samples].reverse(), options);
      expect(samples.every(({ name }) => again?.get(name) === splits.get(name))).toBe(true);
    }
    expect(made).toBeGreaterThan(SEEDS.length / 2);
  });

  it('shares nothing between its sides where it is made by prompt', () => {
    if (!rule.startsWith('image') && rule !== 'a fold') return;
    for (const seed of SEEDS) {
      const samples = anySamples(seed);
      const splits = splitsOf(samples, { ...optionsOf(samples), seed });
      if (splits !== null) expect(describeLeakage(samples, splits, 'image-prompt')).toEqual([]);
    }
  });
});

describe('folds', () => {
  it.each([2, 3, 5, 7])('of %d test each prompt exactly once, and are about equal', (folds) => {
    for (const seed of SEEDS) {
      const samples = anySamples(seed);
      const all = Array.from({ length: folds }, (_, i) =>
        splitsOf(samples, { by: 'image-prompt', seed, fold: { folds, fold: i + 1 } }),
      );
      if (all.some((splits) => splits === null)) continue;
      for (const { name } of samples) {
        expect(all.filter((splits) => splits?.get(name) === 'test')).toHaveLength(1);
      }
    }
  });

  it('of the same number of prompts differ by one at most', () => {
    const samples = Array.from({ length: 300 }, (_, i) => ({
      name: `${i}`,
      imagePrompt: `prompt ${i % 30}`,
      imageHash: `${i}`,
      generator: null,
    }));
    const sizes = Array.from({ length: 4 }, (_, i) => {
      const splits = assignSplits(samples, { by: 'image-prompt', seed: 1, fold: { folds: 4, fold: i + 1 } });
      return sidesOf(
        samples.filter(({ name }) => splits.get(name) === 'test'),
        splits,
        promptOf,
      ).size;
    });
    expect(sizes.sort()).toEqual([7, 7, 8, 8]);
  });

  it('are refused where there are fewer prompts than folds', () => {
    const samples = [{ name: 'a', imagePrompt: 'a', imageHash: 'a', generator: null }];
    expect(() => assignSplits(samples, { by: 'image-prompt', seed: 1, fold: { folds: 2, fold: 1 } })).toThrow(
      SplitUnavailableError,
    );
  });
});
