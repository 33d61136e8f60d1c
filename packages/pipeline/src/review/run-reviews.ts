import type { ReviewMark } from '@retort/schema';
import type { PinnedReview, ReviewRowKey, Store } from '@retort/store';

/** What people's decisions leave of a row. */
export interface ReviewedText {
  readonly description: string;
  /** Null where nobody touched the row, or accepted a text that was read differently since. */
  readonly mark: ReviewMark | null;
}

/** The decisions that count for a run's corpus. */
export interface RunReviews {
  /** The row as it may stand in a corpus; null when it was rejected. */
  apply(row: ReviewRowKey, description: string): ReviewedText | null;
  /** Rows that `apply` left out so far. */
  rejected(): number;
}

/** Loads the decisions that were pinned for a run. */
export function loadRunReviews({ reviews }: Pick<Store, 'reviews'>, runId: string): RunReviews {
  const byRow = new Map(reviews.pinned(runId).map((review) => [rowKey(review), review]));
  let rejected = 0;
  return {
    apply(row, description) {
      const reviewed = applyReview(byRow.get(rowKey(row)), description);
      if (reviewed === null) rejected += 1;
      return reviewed;
    },
    rejected: () => rejected,
  };
}

/**
 * A rejection and a person's text stand whatever the teacher's answer is read as today. An acceptance is about the text that
 * was accepted, and says nothing of another reading.
 */
function applyReview(review: PinnedReview | undefined, description: string): ReviewedText | null {
  if (review === undefined) return { description, mark: null };
  if (review.decision === 'rejected') return null;
  if (review.text !== null) return { description: review.text, mark: 'edited' };
  return { description, mark: review.original === description ? 'accepted' : null };
}

/** The decisions as part of what a corpus is built from; nothing where there are none, so that known keys stay. */
export function reviewsInput(
  { reviews }: Pick<Store, 'reviews'>,
  runId: string,
): { readonly reviews?: readonly PinnedReview[] } {
  const pinned = reviews.pinned(runId);
  return pinned.length === 0 ? {} : { reviews: pinned };
}

function rowKey({ sampleId, aspect, requestKey }: ReviewRowKey): string {
  return `${sampleId} ${aspect} ${requestKey}`;
}
