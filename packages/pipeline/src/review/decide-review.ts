import { RetortError, type ReviewDecision } from '@retort/schema';
import type { NewReview, ReviewableRow, ReviewEntry } from '@retort/store';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { type CheckedText, checkReviewText, ReviewTextError } from './check-text.ts';
import { reviewRowId } from './review-row.ts';

type ReviewDeps = Pick<PipelineDeps, 'store' | 'now'>;

export interface ReviewRequest {
  readonly decision: ReviewDecision | 'undone';
  /** The new description; needed with `edited`. Without one the text that stands is carried along. */
  readonly text?: string;
  readonly note: string | null;
  readonly reviewer: string | null;
}

export interface ReviewResult {
  /** False when the row stood like that already, and nothing was written. */
  readonly changed: boolean;
  /** What stands now; null where nothing does. */
  readonly standing: ReviewEntry | null;
  /** Of a text that came in; null without one. */
  readonly checked: CheckedText | null;
}

export class NothingToUndoError extends RetortError {
  readonly code = 'not-found';
  constructor(rowId: string) {
    super(`Nobody decided about ${rowId}, or all of it was taken back: there is nothing to undo.`);
  }
}

/**
 * Notes a person's decision about a row; every entry is kept, the latest counts, from the next distill on. `undone` takes the
 * latest one back, so that the one before it stands again. Works beside a running distill.
 *
 * @throws ReviewTextError a text that can't stand; NothingToUndoError
 */
export function decideReview(deps: ReviewDeps, row: ReviewableRow, request: ReviewRequest): ReviewResult {
  const checked = checkRequest(row, request);
  const { store } = deps;
  return store.transaction(() => {
    const standing = store.reviews.standing(row); // of now: somebody may have decided since the row was read
    if (request.decision === 'undone' && standing === null) throw new NothingToUndoError(reviewRowId(row));
    const entry = entryOf(row, request, { standing, checked, decidedAt: deps.now().toISOString() });
    if (standing !== null && saysTheSame(entry, standing)) return { changed: false, standing, checked };
    store.reviews.add(row, entry);
    return { changed: true, standing: store.reviews.standing(row), checked };
  });
}

function checkRequest(row: ReviewableRow, { decision, text }: ReviewRequest): CheckedText | null {
  const id = reviewRowId(row);
  if (text !== undefined && decision === 'undone')
    throw new ReviewTextError(id, 'taking a decision back brings the text before it, and takes none.');
  if (text === undefined && decision === 'edited')
    throw new ReviewTextError(id, 'an edit needs one, and none came.');
  return text === undefined ? null : checkReviewText(id, text);
}

function entryOf(
  row: ReviewableRow,
  { decision, note, reviewer }: ReviewRequest,
  now: {
    readonly standing: ReviewEntry | null;
    readonly checked: CheckedText | null;
    readonly decidedAt: string;
  },
): NewReview {
  const text = now.checked?.text ?? now.standing?.text ?? null;
  const undoes = decision === 'undone' ? (now.standing?.id ?? null) : null;
  return { decision, original: row.description, text, note, reviewer, decidedAt: now.decidedAt, undoes };
}

function saysTheSame(entry: NewReview, standing: ReviewEntry): boolean {
  return (
    entry.decision === standing.decision &&
    entry.original === standing.original &&
    entry.text === standing.text &&
    (entry.note === null || entry.note === standing.note)
  );
}
