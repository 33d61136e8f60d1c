import type { Split } from '@retort/schema';
import type { SplitSample } from '../../../packages/corpus/src/index.ts';

/** 30 prompts, each drawn by ten generators. */
export function grid(): readonly SplitSample[] {
  return Array.from({ length: 300 }, (_, i) => ({
    name: `${i}.jpg`,
    imagePrompt: `prompt ${i % 30}`,
    imageHash: `hash ${i}`,
    generator: `generator ${Math.floor(i / 30)}`,
  }));
}

/** The splits in which each key's samples are. */
export function sidesOf(
  samples: readonly SplitSample[],
  splits: ReadonlyMap<string, Split>,
  keyOf: (s: SplitSample) => unknown,
) {
  const sides = new Map<unknown, Set<Split | undefined>>();
  for (const sample of samples) {
    const key = keyOf(sample);
    sides.set(key, (sides.get(key) ?? new Set()).add(splits.get(sample.name)));
  }
  return sides;
}

/** How many keys are on each side, of keys that are on one. */
export function unitsBySplit(sides: ReadonlyMap<unknown, ReadonlySet<Split | undefined>>) {
  const counts = { train: 0, val: 0, test: 0 };
  for (const [split] of sides.values()) if (split !== undefined) counts[split] += 1;
  return counts;
}
