import type { Outcome } from '@retort/schema';
import { parseRetryAfterMs } from '../http/parse-retry-after.ts';
import { DEFAULT_RATE_LIMIT_WAIT_MS, plainOutcome } from '../http/plain-statuses.ts';
import {
  type ClassifiedOutcome,
  excerpt,
  NOTHING_KNOWN,
  type ReceivedResponse,
} from '../http/teacher-response.ts';
import { type ErrorFacts, readErrorBody } from './gemini-body.ts';
import { parseDurationMs } from './parse-duration.ts';

const NO_FACTS: ErrorFacts = {
  status: null,
  message: null,
  reasons: [],
  retryDelay: null,
  quotaIds: [],
  quota: null,
};

/** Outcome of any status but 200, whether or not the body is Google's. */
export function classifyHttpError(response: ReceivedResponse, now: Date): ClassifiedOutcome {
  const google = readErrorBody(response.body);
  const facts = google ?? NO_FACTS;
  const outcome = outcomeOf(response.status, facts);
  const said = google === null ? excerpt(response.body) : facts.message;
  return {
    ...NOTHING_KNOWN,
    outcome,
    reason:
      [response.status, facts.status, ...facts.reasons, ...facts.quotaIds].filter(Boolean).join(' ') +
      tail(said),
    retryAfterMs: waitOf(outcome, facts, response.headers.get('retry-after'), now),
    ...(outcome === 'rate-limited' && facts.quota !== null ? { quota: facts.quota } : {}),
  };
}

function outcomeOf(status: number, { status: googleStatus, reasons, quotaIds }: ErrorFacts): Outcome {
  if (status === 429) return quotaIds.some((id) => id.includes('PerDay')) ? 'quota-day' : 'rate-limited';
  if (status === 400) {
    // FAILED_PRECONDITION is about the project (country, billing), not about the row.
    const denied =
      reasons.some((reason) => reason.startsWith('API_KEY_')) || googleStatus === 'FAILED_PRECONDITION';
    return denied ? 'denied' : 'invalid';
  }
  return plainOutcome(status);
}

function waitOf(outcome: Outcome, facts: ErrorFacts, header: string | null, now: Date): number | null {
  if (outcome !== 'rate-limited' && outcome !== 'unavailable') return null;
  const retryInfoMs = facts.retryDelay === null ? null : parseDurationMs(facts.retryDelay);
  const retryAfterMs = header === null ? null : parseRetryAfterMs(header, now);
  return retryInfoMs ?? retryAfterMs ?? (outcome === 'rate-limited' ? DEFAULT_RATE_LIMIT_WAIT_MS : null);
}

function tail(said: string | null): string {
  return said ? `: ${said.slice(0, 300)}` : '';
}
