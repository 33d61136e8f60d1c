import { SPLITS, type Split, type SplitBy } from '@retort/schema';
import { CorpusUsageError, SplitUnavailableError } from '../errors.ts';
import {
  type GroupedSample,
  groupSamples,
  orderGroups,
  type SampleGroup,
  takeUnits,
} from './group-samples.ts';
import { normaliseImagePrompt } from './normalise-image-prompt.ts';

/** What a split rule looks at. */
export interface SplitSample {
  readonly name: string;
  readonly imagePrompt: string | null;
  readonly imageHash: string;
  readonly generator: string | null;
}

/** Shares of the split's units (prompts, generators or images); they add up to 1. */
export type SplitFractions = Readonly<Record<Split, number>>;

export const DEFAULT_SPLIT_FRACTIONS: SplitFractions = { train: 0.6, val: 0.2, test: 0.2 };

export interface SplitOptions {
  readonly by: SplitBy;
  readonly seed: number;
  readonly fractions?: SplitFractions;
}

/**
 * Gives every sample its split, whatever the order in which samples come. Rules are described by `splitRuleNotes`.
 * Test is chosen first, so it stays the same when the share of validation changes. Fractions are exact in units as far
 * as groups of several units (prompts that share an image) allow; with fewer than three units everything is train.
 *
 * @returns sample name → split
 * @throws SplitUnavailableError for `paper`, and for `generator` with fewer than two generators
 * @throws CorpusUsageError for fractions that aren't a division of 1 with something left to train on
 */
export function assignSplits(
  samples: Iterable<SplitSample>,
  options: SplitOptions,
): ReadonlyMap<string, Split> {
  const fractions = options.fractions ?? DEFAULT_SPLIT_FRACTIONS;
  checkFractions(fractions);
  switch (options.by) {
    case 'image-prompt':
      return divide([...samples].map(groupedByPrompt), options.seed, fractions);
    case 'random':
      return divide([...samples].map(groupedByImage), options.seed, fractions);
    case 'generator':
      return holdOutGenerators([...samples], options.seed, fractions);
    case 'paper':
      throw new SplitUnavailableError(
        "The paper's own split isn't available: its published files lack the test rows. Use --split-by image-prompt " +
          '(the default), which keeps all images of a prompt on one side.',
      );
  }
}

function divide(
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

function holdOutGenerators(
  samples: readonly SplitSample[],
  seed: number,
  fractions: SplitFractions,
): Map<string, Split> {
  const groups = orderGroups(groupSamples(samples.map(groupedByGenerator)), seed);
  if (groups.length < 2) {
    throw new SplitUnavailableError(
      `A split by generator needs images of at least two generators, got ${groups.length}: use --split-by image-prompt, ` +
        'or give the dataset a generator column.',
    );
  }
  const wanted = fractions.test === 0 ? 0 : Math.max(1, Math.round(countUnits(groups) * fractions.test));
  const first = takeUnits(groups, wanted);
  // A group larger than the quota is all there is: hold out the smallest rather than nothing.
  const held = first.taken.length > 0 || wanted === 0 ? first.taken : [smallestOf(groups)];
  const testNames = new Set(held.flatMap((group) => group.names));
  const rest = samples.filter((sample) => !testNames.has(sample.name));
  const seen = fractions.train + fractions.val;
  const inner = divide(rest.map(groupedByPrompt), seed, {
    train: fractions.train / seen,
    val: fractions.val / seen,
    test: 0,
  });
  for (const name of testNames) inner.set(name, 'test');
  return inner;
}

function groupedByPrompt(sample: SplitSample): GroupedSample {
  const unit =
    sample.imagePrompt === null
      ? `image ${sample.imageHash}`
      : `prompt ${normaliseImagePrompt(sample.imagePrompt)}`;
  return { name: sample.name, unit, link: sample.imageHash };
}

function groupedByImage(sample: SplitSample): GroupedSample {
  return { name: sample.name, unit: sample.imageHash, link: sample.imageHash };
}

function groupedByGenerator(sample: SplitSample): GroupedSample {
  return { name: sample.name, unit: sample.generator ?? '', link: sample.imageHash };
}

/** Units for a fraction: none of fewer than three, else at least one. */
function quota(units: number, fraction: number): number {
  if (fraction === 0 || units < 3) return 0;
  return Math.min(units - 1, Math.max(1, Math.round(units * fraction)));
}

function countUnits(groups: readonly SampleGroup[]): number {
  return groups.reduce((sum, group) => sum + group.units, 0);
}

function smallestOf(groups: readonly SampleGroup[]): SampleGroup {
  return groups.reduce((least, group) => (group.units < least.units ? group : least));
}

function mapNames(sides: Readonly<Record<Split, readonly SampleGroup[]>>): Map<string, Split> {
  return new Map(
    SPLITS.flatMap((split) =>
      sides[split].flatMap((group) => group.names.map((name) => [name, split] as const)),
    ),
  );
}

function checkFractions(fractions: SplitFractions): void {
  const shares = SPLITS.map((split) => fractions[split]);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.every((share) => share >= 0 && share <= 1) && Math.abs(sum - 1) < 1e-9 && fractions.train > 0)
    return;
  throw new CorpusUsageError(
    `Split fractions must be between 0 and 1, add up to 1 and leave something to train, got ${shares.join('/')} ` +
      '(train/val/test): for instance 0.6/0.2/0.2.',
  );
}
