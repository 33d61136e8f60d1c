import type { Split } from '@retort/schema';
import { divide, divideFold, groupedByPrompt } from './divide-groups.ts';
import type { GroupedSample } from './group-samples.ts';
import { holdOutGenerators } from './hold-out-generators.ts';
import { refuseLeakage } from './leakage.ts';
import {
  checkSplitOptions,
  DEFAULT_SPLIT_FRACTIONS,
  type SplitOptions,
  type SplitSample,
} from './split-options.ts';
import { takePublishedSplit } from './take-published-split.ts';

/**
 * Gives every sample its split, whatever the order in which samples come. Rules are described by `splitRuleNotes`.
 * Test is chosen first, so it stays the same when the share of validation changes. Fractions are exact in units as far
 * as groups of several units (prompts that share an image) allow; with fewer than three units everything is train.
 *
 * @returns sample name → split
 * @throws SplitUnavailableError for `paper` without published sides, `generator` without the generators, too many folds
 * @throws SplitLeaksError the split breaks a rule (`describeLeakage`) and nobody allowed it to
 * @throws CorpusUsageError for options that can't be meant
 */
export function assignSplits(
  samples: Iterable<SplitSample>,
  options: SplitOptions,
): ReadonlyMap<string, Split> {
  checkSplitOptions(options);
  const all = [...samples];
  const splits = assign(all, options);
  // A split by image prompt is clean by how it is made; measuring it again would double its time.
  if (options.by !== 'image-prompt' && options.allowLeakage !== true) refuseLeakage(all, splits, options.by);
  return splits;
}

function assign(samples: readonly SplitSample[], options: SplitOptions): Map<string, Split> {
  const { seed, fold, fractions = DEFAULT_SPLIT_FRACTIONS } = options;
  switch (options.by) {
    case 'image-prompt': {
      const grouped = samples.map(groupedByPrompt);
      return fold === undefined
        ? divide(grouped, seed, fractions)
        : divideFold(grouped, seed, fold, fractions);
    }
    case 'random':
      return divide(samples.map(groupedByImage), seed, fractions);
    case 'generator':
      return holdOutGenerators(samples, seed, fractions, options.holdOut);
    case 'paper':
      return takePublishedSplit(samples, seed, fractions);
  }
}

function groupedByImage(sample: SplitSample): GroupedSample {
  return { name: sample.name, unit: sample.imageHash, link: sample.imageHash };
}
