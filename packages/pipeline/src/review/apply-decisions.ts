import { aspectSchema, isRetortError, type ReviewDecision } from '@retort/schema';
import { z } from 'zod';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { decideReview } from './decide-review.ts';
import type { DecisionLine } from './read-decisions.ts';
import { findReviewRow } from './review-row.ts';

/** Words for a decision: what one does, and how the row then stands. */
const DECISIONS: Readonly<Record<string, ReviewDecision | 'undone'>> = {
  accept: 'accepted',
  accepted: 'accepted',
  reject: 'rejected',
  rejected: 'rejected',
  edit: 'edited',
  edited: 'edited',
  undo: 'undone',
};

const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === '' ? null : (text ?? null)));

const decisionSchema = z.strictObject({
  row: z.string().min(1),
  decision: z.string().nullish(),
  text: optionalText,
  note: optionalText,
  by: optionalText,
  aspect: z.preprocess((value) => (value === '' ? null : value), aspectSchema.nullish()),
  // What `review list --json` says besides; it decides nothing here.
  split: z.unknown().optional(),
  outdated: z.unknown().optional(),
  saw_label: z.unknown().optional(),
  decided_at: z.unknown().optional(),
  description: z.unknown().optional(),
});
type Decision = z.infer<typeof decisionSchema>;

export interface AppliedDecisions {
  readonly applied: number;
  /** Lines whose row stood like that already. */
  readonly unchanged: number;
  /** Lines without a decision, or with `undecided`. */
  readonly undecided: number;
  /** Lines that couldn't be applied, with the reason; all others were. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** Applies a list of decisions to the rows of a run, line by line: a bad line costs itself only. */
export async function applyDecisions(
  deps: Pick<PipelineDeps, 'store' | 'now'>,
  runId: string,
  lines: AsyncIterable<DecisionLine>,
  reviewer: string | null,
): Promise<AppliedDecisions> {
  const counts = { applied: 0, unchanged: 0, undecided: 0 };
  const problems: { line: number; reason: string }[] = [];
  for await (const line of lines) {
    try {
      const reason = line.kind === 'bad' ? line.reason : applyLine(line.value);
      if (reason !== null) problems.push({ line: line.line, reason });
    } catch (error) {
      // A row or text that can't be meant is the line's; anything else is a broken assumption and ends the command.
      if (!isRetortError(error) || (error.code !== 'usage' && error.code !== 'not-found')) throw error;
      problems.push({ line: line.line, reason: error.message });
    }
  }
  return { ...counts, problems };

  function applyLine(value: unknown): string | null {
    const parsed = decisionSchema.safeParse(value);
    if (!parsed.success) return describeIssues(parsed.error);
    const { row: reference, aspect, text, note, by } = parsed.data;
    const decision = decisionOf(parsed.data);
    if (decision === undefined) {
      return `expected a decision of ${Object.keys(DECISIONS).join(', ')} or undecided, got ${JSON.stringify(parsed.data.decision)}.`;
    }
    if (decision === null) {
      counts.undecided += 1;
      return null;
    }
    const row = findReviewRow(deps.store, runId, { reference, aspect: aspect ?? null });
    const request = { decision, note, reviewer: by ?? reviewer, ...(text === null ? {} : { text }) };
    counts[decideReview(deps, row, request).changed ? 'applied' : 'unchanged'] += 1;
    return null;
  }
}

/** Null for a line that decides nothing; undefined for a word that isn't known. */
function decisionOf({ decision }: Decision): ReviewDecision | 'undone' | null | undefined {
  const word = decision?.trim().toLowerCase() ?? '';
  if (word === '' || word === 'undecided') return null;
  return Object.hasOwn(DECISIONS, word) ? DECISIONS[word] : undefined;
}

function describeIssues(error: z.ZodError): string {
  const issues = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return `expected row, decision and, where wanted, text, note, by, aspect; ${issues.join('; ')}.`;
}
