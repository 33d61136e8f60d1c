import type { BatchFailure, BatchReply } from '../batch-teacher.ts';
import { classifyHttpError } from '../gemini/classify-http-error.ts';
import { classifyBroken, classifyUnreadable } from '../http/classify-response.ts';
import type { ClassifiedOutcome, TeacherResponse } from '../http/teacher-response.ts';

/**
 * Sorts the response to a call about a batch by the same rules as an online answer.
 *
 * @param read what the call wants of a 200; null when the body isn't that
 */
export function classifyBatchCall<T>(
  response: TeacherResponse,
  now: Date,
  read: (body: string) => T | null,
): BatchReply<T> {
  if (response.kind === 'broken') return failed(classifyBroken(response), response.sent);
  if (response.status !== 200) return failed(classifyHttpError(response, now), response.status >= 500);
  const value = read(response.body);
  return value === null ? failed(classifyUnreadable(response, 'Gemini'), true) : { ok: true, value };
}

function failed(
  { outcome, reason, retryAfterMs }: ClassifiedOutcome,
  maybeDone: boolean,
): { readonly ok: false; readonly failure: BatchFailure } {
  return { ok: false, failure: { outcome, reason: reason ?? outcome, retryAfterMs, maybeDone } };
}
