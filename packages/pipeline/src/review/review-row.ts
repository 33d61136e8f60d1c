import { rowId } from '@retort/corpus';
import { ASPECTS, type Aspect, RetortError, type ReviewDecision } from '@retort/schema';
import type { ReviewableRow, ReviewEntry, Store } from '@retort/store';

/** Rows that an error names. */
const NAMED_ROWS = 6;

export class ReviewRowUnknownError extends RetortError {
  readonly code = 'not-found';
  constructor(reference: string, runId: string) {
    super(
      `Run ${runId} has no answered row "${reference}": give dataset/aspect/name as "distill review list" prints it, or an image's name; another run with --run.`,
    );
  }
}

export class ReviewRowAmbiguousError extends RetortError {
  readonly code = 'usage';
  constructor(reference: string, rows: readonly ReviewableRow[]) {
    const named = rows.slice(0, NAMED_ROWS).map(reviewRowId).join(', ');
    const more = rows.length > NAMED_ROWS ? ` and ${rows.length - NAMED_ROWS} more` : '';
    super(`"${reference}" names ${rows.length} rows (${named}${more}): give one of them, or --aspect.`);
  }
}

/** Name of a row, as audits and exports have it. */
export function reviewRowId(row: Pick<ReviewableRow, 'dataset' | 'aspect' | 'sampleName'>): string {
  return rowId(row);
}

/**
 * The row of a run that a person means: `dataset/aspect/name`, or the name of an image that leaves no choice.
 *
 * @param aspect narrows an image's name; null takes what is there
 * @throws ReviewRowUnknownError, ReviewRowAmbiguousError
 */
export function findReviewRow(
  { reviews }: Pick<Store, 'reviews'>,
  runId: string,
  { reference, aspect }: { readonly reference: string; readonly aspect: Aspect | null },
): ReviewableRow {
  const fits = (row: ReviewableRow): boolean => aspect === null || row.aspect === aspect;
  const rows = namesIn(reference).flatMap((name) => reviews.find(runId, name));
  const exact = rows.find((row) => reviewRowId(row) === reference && fits(row));
  if (exact !== undefined) return exact;
  const named = reviews.find(runId, reference).filter(fits);
  const meant =
    named.length > 0 || reference === '' ? named : reviews.findEnding(runId, reference).filter(fits);
  const [only] = meant;
  if (only === undefined) throw new ReviewRowUnknownError(reference, runId);
  if (meant.length > 1) throw new ReviewRowAmbiguousError(reference, meant);
  return only;
}

/** What may be the sample's name in a row's id: whatever stands after an aspect, since names and datasets may hold slashes. */
function namesIn(reference: string): string[] {
  return ASPECTS.flatMap((aspect) => {
    const [, ...rest] = reference.split(`/${aspect}/`);
    return rest.map((_, index) => rest.slice(index).join(`/${aspect}/`));
  });
}

/** How a row stands; `undecided` where nobody decided, or all was taken back. */
export type ReviewState = ReviewDecision | 'undecided';

export function reviewStateOf({ standing }: Pick<ReviewableRow, 'standing'>): ReviewState {
  if (standing === null || standing.decision === 'undone') return 'undecided';
  return standing.decision;
}

/** True when the teacher's answer is read differently since the decision: an acceptance then no longer counts. */
export function isReviewOutdated({
  standing,
  description,
}: Pick<ReviewableRow, 'standing' | 'description'>): boolean {
  return standing !== null && standing.original !== description;
}

/** The description that stands: a person's, else the teacher's. */
export function standingText({
  standing,
  description,
}: {
  readonly standing: Pick<ReviewEntry, 'text'> | null;
  readonly description: string;
}): string {
  return standing?.text ?? description;
}
