import type { RunPlan, Split } from '@retort/schema';
import type { AnsweredSample, SampleRow } from '@retort/store';
import type { PipelineDeps } from './pipeline-deps.ts';
import { splitsOf } from './split-run.ts';

/** Split of each answered sample of a run, by name; of samples whose rows were rejected too. */
export function runSplits(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
): ReadonlyMap<string, Split> {
  const answered = deps.store.conversations.answeredSamples(run.id);
  return splitsOf(loadSamples(deps, answered).values(), run.plan);
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
