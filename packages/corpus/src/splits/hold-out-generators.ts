import type { Split } from '@retort/schema';
import { SplitUnavailableError } from '../errors.ts';
import { countUnits, divideRest, groupedByPrompt } from './divide-groups.ts';
import {
  type GroupedSample,
  groupSamples,
  orderGroups,
  type SampleGroup,
  takeUnits,
} from './group-samples.ts';
import type { SplitFractions, SplitSample } from './split-options.ts';

/**
 * Whole generators become test: the one that is named, or a share of them. Validation is carved from the others by
 * image prompt. Generators with an identical image go together.
 *
 * @throws SplitUnavailableError fewer than two generators, or none of that name
 */
export function holdOutGenerators(
  samples: readonly SplitSample[],
  seed: number,
  fractions: SplitFractions,
  holdOut: string | undefined,
): Map<string, Split> {
  const groups = orderGroups(groupSamples(samples.map(groupedByGenerator)), seed);
  if (groups.length < 2) {
    throw new SplitUnavailableError(
      `A split by generator needs images of at least two generators, got ${groups.length}: use --split-by image-prompt, ` +
        'or give the dataset a generator column.',
    );
  }
  const held = holdOut === undefined ? share(groups, fractions.test) : named(samples, groups, holdOut);
  const testNames = new Set(held.flatMap((group) => group.names));
  return divideRest(samples.map(groupedByPrompt), testNames, seed, fractions);
}

function share(groups: readonly SampleGroup[], fraction: number): readonly SampleGroup[] {
  const wanted = fraction === 0 ? 0 : Math.max(1, Math.round(countUnits(groups) * fraction));
  const { taken } = takeUnits(groups, wanted);
  // A group larger than the quota is all there is: hold out the smallest rather than nothing.
  return taken.length > 0 || wanted === 0 ? taken : [smallestOf(groups)];
}

function named(
  samples: readonly SplitSample[],
  groups: readonly SampleGroup[],
  holdOut: string,
): readonly SampleGroup[] {
  const names = new Set(samples.filter(({ generator }) => generator === holdOut).map(({ name }) => name));
  if (names.size === 0) {
    const known = [...new Set(samples.map(({ generator }) => generator ?? '(unknown)'))].sort();
    throw new SplitUnavailableError(
      `There is no image of the generator "${holdOut}" to hold out: those there are, are ${known.join(', ')}.`,
    );
  }
  return groups.filter((group) => group.names.some((name) => names.has(name)));
}

function groupedByGenerator(sample: SplitSample): GroupedSample {
  return { name: sample.name, unit: sample.generator ?? '', link: sample.imageHash };
}

function smallestOf(groups: readonly SampleGroup[]): SampleGroup {
  return groups.reduce((least, group) => (group.units < least.units ? group : least));
}
