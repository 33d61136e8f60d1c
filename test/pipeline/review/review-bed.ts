import {
  buildRunCorpus,
  corpusInputKey,
  decideReview,
  findReviewRow,
  type PipelineDeps,
  type ReviewRequest,
} from '@retort/pipeline';
import { type BedRun, openBed, runToAnswers, samplePlan } from '../pipeline-bed.ts';

/** Answers about a few images of the sample. */
export async function answeredRun(limit = 12): Promise<{ deps: PipelineDeps; run: BedRun }> {
  const deps = openBed();
  return { deps, run: await runToAnswers(deps, samplePlan(limit)) };
}

/** A decision about a row by its id. */
export function decide(
  deps: PipelineDeps,
  run: BedRun,
  reference: string,
  request: Pick<ReviewRequest, 'decision' | 'text'>,
) {
  const row = findReviewRow(deps.store, run.id, { reference, aspect: null });
  return decideReview(deps, row, { note: null, reviewer: 'Ann', ...request });
}

/** Audit as the next distill does it: what was decided until now counts. */
export async function auditAgain(deps: PipelineDeps, run: BedRun) {
  deps.store.reviews.pin(run.id);
  const inputKey = await corpusInputKey(deps, run.id, run.plan);
  return { inputKey, key: await buildRunCorpus(deps, run) };
}

/** Ids of the rows of a run that can be reviewed. */
export function rowIds({ store }: PipelineDeps, run: BedRun): string[] {
  return Array.from(
    store.reviews.rows(run.id),
    ({ dataset, aspect, sampleName }) => `${dataset}/${aspect}/${sampleName}`,
  );
}
