import { SPLITS, type Split } from '@retort/schema';
import { SplitUnavailableError } from '../errors.ts';
import {
  type GroupedSample,
  groupSamples,
  orderGroups,
  type SampleGroup,
  takeUnits,
} from './group-samples.ts';
import { normaliseImagePrompt } from './normalise-image-prompt.ts';
import type { Fold, SplitFractions, SplitSample } from './split-options.ts';

/** Divides groups by shares of their units, test first. */
export function divide(
  samples: readonly GroupedSample[],
  seed: number,
  fractions: SplitFractions,
): Map<string, Split> {
  const groups = orderGroups(groupSamples(samples), seed);
  const units = countUnits(groups);
  const testUnits = quota(units, fractions.test);
  const test = takeUnits(groups, testUnits);
  const val = takeUnits(test.rest, Math.min(quota(units, fractions.val), units - testUnits - 1));
  return mapNames({ test: test.taken, val: val.taken, train: val.rest });
}

/** Train and validation out of samples none of which is test. */
export function carveValidation(
  samples: readonly GroupedSample[],
  seed: number,
  { train, val }: SplitFractions,
): Map<string, Split> {
  const seen = train + val;
  return divide(samples, seed, { train: train / seen, val: val / seen, test: 0 });
}

/**
 * Makes one fold of several test. Groups are dealt, in their order, to the fold with the fewest units, so that each group
 * is test in exactly one fold and folds differ by no more than a group.
 *
 * @throws SplitUnavailableError fewer groups than folds
 */
export function divideFold(
  samples: readonly GroupedSample[],
  seed: number,
  { folds, fold }: Fold,
  fractions: SplitFractions,
): Map<string, Split> {
  const groups = orderGroups(groupSamples(samples), seed);
  if (groups.length < folds) {
    throw new SplitUnavailableError(
      `${folds} folds need as many image prompts that share no image, and there are ${groups.length}: use fewer folds.`,
    );
  }
  const units = Array.from({ length: folds }, () => 0);
  const testNames = new Set<string>();
  for (const group of groups) {
    const smallest = units.indexOf(Math.min(...units));
    units[smallest] = (units[smallest] ?? 0) + group.units;
    if (smallest === fold - 1) for (const name of group.names) testNames.add(name);
  }
  return divideRest(samples, testNames, seed, fractions);
}

/** Test is what is named; train and validation come out of the others. */
export function divideRest(
  samples: readonly GroupedSample[],
  testNames: ReadonlySet<string>,
  seed: number,
  fractions: SplitFractions,
): Map<string, Split> {
  const rest = samples.filter(({ name }) => !testNames.has(name));
  const splits = carveValidation(rest, seed, fractions);
  for (const name of testNames) splits.set(name, 'test');
  return splits;
}

export function groupedByPrompt(sample: SplitSample): GroupedSample {
  return { name: sample.name, unit: promptUnit(sample), link: sample.imageHash };
}

/** What images of one prompt have in common; an image without a prompt has it to itself. */
export function promptUnit({ imagePrompt, imageHash }: SplitSample): string {
  return imagePrompt === null ? `image ${imageHash}` : `prompt ${normaliseImagePrompt(imagePrompt)}`;
}

export function countUnits(groups: readonly SampleGroup[]): number {
  return groups.reduce((sum, group) => sum + group.units, 0);
}

/** Units for a fraction: none of fewer than three, else at least one. */
function quota(units: number, fraction: number): number {
  if (fraction === 0 || units < 3) return 0;
  return Math.min(units - 1, Math.max(1, Math.round(units * fraction)));
}

function mapNames(sides: Readonly<Record<Split, readonly SampleGroup[]>>): Map<string, Split> {
  return new Map(
    SPLITS.flatMap((split) =>
      sides[split].flatMap((group) => group.names.map((name) => [name, split] as const)),
    ),
  );
}
