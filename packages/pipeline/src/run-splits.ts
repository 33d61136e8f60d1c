import { assignSplits } from '@retort/corpus';
import type { RunPlan, Split } from '@retort/schema';
import type { AnsweredSample, SampleRow } from '@retort/store';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Makes the split of a run only to see that it can be made. @throws SplitUnavailableError */
export function checkSplit(samples: Iterable<SampleRow>, plan: RunPlan): void {
  splitsOf(samples, plan);
}

/** Split of each answered sample of a run, by name; of samples whose rows were rejected too. */
export function runSplits(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
): ReadonlyMap<string, Split> {
  const answered = deps.store.conversations.answeredSamples(run.id);
  return splitsOf(loadSamples(deps, answered).values(), run.plan);
}

/** Split of each sample, by name, as a plan has it. @throws SplitUnavailableError */
export function splitsOf(
  samples: Iterable<SampleRow>,
  { splitBy, seed }: RunPlan,
): ReadonlyMap<string, Split> {
  return assignSplits(Array.from(samples, toSplitSample), { by: splitBy, seed });
}

/** The samples behind answers, by id. */
export function loadSamples(deps: PipelineDeps, answered: readonly AnsweredSample[]): Map<number, SampleRow> {
  const ids = new Set(answered.map(({ sampleId }) => sampleId));
  return new Map(
    [...ids].flatMap((id) => {
      const sample = deps.store.samples.get(id);
      return sample === null ? [] : [[id, sample] as const];
    }),
  );
}

function toSplitSample({ name, imagePrompt, generator, image }: SampleRow) {
  return { name, imagePrompt, generator, imageHash: image?.hash ?? name };
}
