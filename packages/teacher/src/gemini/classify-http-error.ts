import type { Outcome } from '@retort/schema';
import { type ErrorFacts, readErrorBody } from './gemini-body.ts';
import { parseDurationMs, parseRetryAfterMs } from './parse-delay.ts';
import { type ClassifiedOutcome, excerpt, NOTHING_KNOWN, type ReceivedResponse } from './teacher-response.ts';

/** Wait after a 429 that names none, in ms: the window of Google's per-minute quotas. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 60_000;

const NO_FACTS: ErrorFacts = { status: null, message: null, reasons: [], retryDelay: null, quotaIds: [] };

const PLAIN_STATUSES: Readonly<Record<number, Outcome>> = {
  401: 'denied',
  402: 'credits',
  403: 'denied',
  404: 'no-such-model',
  408: 'unavailable',
  409: 'unavailable',
  413: 'invalid',
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
    retryAfterMs: waitOf(outcome, facts, response.retryAfter, now),
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
  const plain = PLAIN_STATUSES[status];
  if (plain !== undefined) return plain;
  if (status >= 500) return 'unavailable';
  // A redirect isn't followed, for it could carry the key to another host: the base address is wrong for every model.
  return status >= 300 && status < 400 ? 'no-such-model' : 'invalid';
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
