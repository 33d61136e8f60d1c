import {
  assignSplits,
  type CorpusMeta,
  DEFAULT_SPLIT_FRACTIONS,
  describeLeakage,
  foldFractions,
  type SplitOptions,
  type SplitSample,
} from '@retort/corpus';
import { findReader } from '@retort/datasets';
import { type RunPlan, SPLITS, type Split } from '@retort/schema';
import type { DatasetRow, SampleRow } from '@retort/store';

/** The part of a plan that says how its rows are split. */
type SplitPlan = Pick<RunPlan, 'splitBy' | 'seed' | 'fold' | 'holdOut' | 'allowLeakage'>;

/** The members of a corpus's meta that the split decides. */
export type SplitMeta = Pick<CorpusMeta, 'splitBy' | 'seed' | 'fractions' | 'fold' | 'holdOut' | 'leakage'>;

export interface RunSplit {
  /** By sample name. */
  readonly splits: ReadonlyMap<string, Split>;
  readonly meta: SplitMeta;
}

/** Splits the samples of a run. Throws as `assignSplits` says. */
export function splitRun(samples: readonly SampleRow[], plan: SplitPlan, dataset: DatasetRow): RunSplit {
  const splitSamples = samples.map(toSplitSample);
  const splits = assignSplits(splitSamples, optionsOf(plan));
  const leakage = plan.allowLeakage === true ? leakageOf(splitSamples, splits, plan.splitBy, dataset) : [];
  const { splitBy, seed, fold, holdOut } = plan;
  return {
    splits,
    meta: {
      splitBy,
      seed,
      fractions: fold === undefined ? DEFAULT_SPLIT_FRACTIONS : foldFractions(fold, DEFAULT_SPLIT_FRACTIONS),
      ...(fold === undefined ? {} : { fold }),
      ...(holdOut === undefined ? {} : { holdOut }),
      ...(leakage.length === 0 ? {} : { leakage }),
    },
  };
}

/** What was allowed to leak; where nothing was allowed, `assignSplits` has seen to it that nothing does. */
function leakageOf(
  samples: readonly SplitSample[],
  splits: ReadonlyMap<string, Split>,
  by: RunPlan['splitBy'],
  dataset: DatasetRow,
): readonly string[] {
  return [
    ...describeLeakage(samples, splits, by),
    ...(by === 'paper' ? describeMissing(samples, dataset) : []),
  ];
}

/** Makes the split of a run only to see that it can be made. Throws as `assignSplits` says. */
export function checkSplit(samples: Iterable<SampleRow>, plan: SplitPlan): void {
  splitsOf(samples, plan);
}

/** Split of each sample, by name, as a plan has it. Throws as `assignSplits` says. */
export function splitsOf(samples: Iterable<SampleRow>, plan: SplitPlan): ReadonlyMap<string, Split> {
  return assignSplits(Array.from(samples, toSplitSample), optionsOf(plan));
}

/** What of a plan, and of its samples, decides the split; for keys. Nothing of a plan without the newer members. */
export function splitKeyOf(plan: SplitPlan, samples: () => readonly SampleRow[]) {
  const { fold, holdOut, allowLeakage, splitBy } = plan;
  return {
    ...(fold === undefined ? {} : { fold }),
    ...(holdOut === undefined ? {} : { holdOut }),
    ...(allowLeakage === undefined ? {} : { allowLeakage }),
    ...(splitBy === 'paper'
      ? { published: samples().map(({ name, publishedSplit }) => [name, publishedSplit]) }
      : {}),
  };
}

/** A sentence when the published split isn't here whole; a dataset whose sizes nobody published can't be held to them. */
function describeMissing(samples: readonly SplitSample[], { name, reader }: DatasetRow): string[] {
  const published = findReader(reader).publishedSplitSizes;
  if (published === null) return [];
  const here = { train: 0, val: 0, test: 0 };
  for (const { publishedSplit } of samples) if (publishedSplit != null) here[publishedSplit] += 1;
  if (SPLITS.every((split) => here[split] === published[split])) return [];
  const list = (sizes: Readonly<Record<Split, number>>) =>
    SPLITS.map((split) => `${sizes[split]} ${split}`).join(', ');
  return [
    `The published split of ${name} has ${list(published)} images; here are ${list(here)}: not all of it.`,
  ];
}

function optionsOf({ splitBy, seed, fold, holdOut, allowLeakage }: SplitPlan): SplitOptions {
  return {
    by: splitBy,
    seed,
    ...(fold === undefined ? {} : { fold }),
    ...(holdOut === undefined ? {} : { holdOut }),
    ...(allowLeakage === undefined ? {} : { allowLeakage }),
  };
}

function toSplitSample({ name, imagePrompt, generator, publishedSplit, image }: SampleRow): SplitSample {
  return { name, imagePrompt, generator, publishedSplit, imageHash: image?.hash ?? name };
}
