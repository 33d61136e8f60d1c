import type { Split, SplitBy } from '@retort/schema';
import { SplitLeaksError } from '../errors.ts';
import { promptUnit } from './divide-groups.ts';
import type { SplitSample } from './split-options.ts';

/** Rules that leak by how they are made, so that they never count as clean, whatever was measured. */
const LEAKS_BY_RULE: Readonly<Partial<Record<SplitBy, string>>> = {
  paper:
    "The paper's published split was drawn without regard to image prompts: it is there for comparison and never counts as clean.",
  random: 'A random split was drawn without regard to image prompts: it never counts as clean.',
};

/**
 * The rules that a split breaks, a sentence each with what was measured; none for a clean one. Test and validation
 * images are held against train, validation also against test: an image prompt in common, or an identical image.
 */
export function describeLeakage(
  samples: Iterable<SplitSample>,
  splits: ReadonlyMap<string, Split>,
  by: SplitBy,
): readonly string[] {
  const bySplit: Record<Split, SplitSample[]> = { train: [], val: [], test: [] };
  for (const sample of samples) {
    const split = splits.get(sample.name);
    if (split !== undefined) bySplit[split].push(sample);
  }
  const measured = [
    ...sharedWith(bySplit, 'test', 'train'),
    ...sharedWith(bySplit, 'val', 'train'),
    ...sharedWith(bySplit, 'test', 'val'),
  ];
  const rule = LEAKS_BY_RULE[by];
  return rule === undefined ? measured : [rule, ...measured];
}

/** @throws SplitLeaksError the split isn't clean */
export function refuseLeakage(
  samples: readonly SplitSample[],
  splits: ReadonlyMap<string, Split>,
  by: SplitBy,
): void {
  const leakage = describeLeakage(samples, splits, by);
  if (leakage.length > 0) throw new SplitLeaksError(by, leakage);
}

function sharedWith(
  bySplit: Readonly<Record<Split, readonly SplitSample[]>>,
  split: 'val' | 'test',
  other: 'train' | 'val',
): string[] {
  const images = bySplit[split];
  const prompts = new Set(bySplit[other].map(promptUnit));
  const hashes = new Set(bySplit[other].map(({ imageHash }) => imageHash));
  const withPrompt = images.filter(
    (sample) => sample.imagePrompt !== null && prompts.has(promptUnit(sample)),
  );
  const identical = images.filter(({ imageHash }) => hashes.has(imageHash));
  const of = (count: number) => `${count} of ${images.length} ${split} images`;
  return [
    ...(withPrompt.length === 0 ? [] : [`${of(withPrompt.length)} share their image prompt with ${other}.`]),
    ...(identical.length === 0 ? [] : [`${of(identical.length)} are in ${other} as well, byte for byte.`]),
  ];
}
