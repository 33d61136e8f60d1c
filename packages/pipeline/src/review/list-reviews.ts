import type { Aspect, RunPlan, Split } from '@retort/schema';
import type { ReviewableRow } from '@retort/store';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { runSplits } from '../run-splits.ts';
import { isReviewOutdated, type ReviewState, reviewStateOf } from './review-row.ts';

export interface ReviewFilter {
  readonly aspect: Aspect | null;
  readonly split: Split | null;
  readonly state: ReviewState | null;
  /** Only decisions about a text that is read differently today. */
  readonly outdated: boolean;
}

export interface ListedRow {
  readonly row: ReviewableRow;
  readonly split: Split | null;
}

/** The rows of a run that a filter lets through, with their split, in the order of names; rejected ones too. */
export function* listReviews(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
  filter: ReviewFilter,
): Generator<ListedRow> {
  const splits = runSplits(deps, run);
  for (const row of deps.store.reviews.rows(run.id)) {
    const split = splits.get(row.sampleName) ?? null;
    if (filter.aspect !== null && row.aspect !== filter.aspect) continue;
    if (filter.split !== null && split !== filter.split) continue;
    if (filter.state !== null && reviewStateOf(row) !== filter.state) continue;
    if (filter.outdated && !isReviewOutdated(row)) continue;
    yield { row, split };
  }
}
