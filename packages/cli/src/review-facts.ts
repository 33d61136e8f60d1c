import { isReviewOutdated, reviewRowId, reviewStateOf } from '@retort/pipeline';
import type { Split } from '@retort/schema';
import type { ReviewableRow } from '@retort/store';

/** A row as `distill review … --json` prints it, and as `distill review apply` takes it. */
export function reviewFacts(row: ReviewableRow, split: Split | null) {
  const { standing } = row;
  return {
    row: reviewRowId(row),
    split,
    decision: reviewStateOf(row),
    /** The teacher's answer is read differently since the decision. */
    outdated: isReviewOutdated(row),
    saw_label: row.sawLabel,
    description: row.description,
    text: standing?.text ?? null,
    note: standing?.note ?? null,
    by: standing?.reviewer ?? null,
    decided_at: standing?.decidedAt ?? null,
  };
}

export type ReviewFacts = ReturnType<typeof reviewFacts>;
