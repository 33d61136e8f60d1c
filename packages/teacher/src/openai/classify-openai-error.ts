import type { Outcome, QuotaHit } from '@retort/schema';
import { DEFAULT_RATE_LIMIT_WAIT_MS, plainOutcome } from '../http/plain-statuses.ts';
import {
  type ClassifiedOutcome,
  excerpt,
  NOTHING_KNOWN,
  type ReceivedResponse,
  type ResponseHeaders,
} from '../http/teacher-response.ts';
import { type ErrorFacts, NO_ERROR_FACTS, readErrorBody } from './openai-body.ts';
import { resetMsOf, retryAfterMsOf } from './rate-limit-wait.ts';

/** `code`, `type` or inner code of errors whose status alone would say something else. */
const CODES: Readonly<Record<string, Outcome>> = {
  // OpenAI: the account is empty (429), at its hard limit (400), or has no billing (429).
  insufficient_quota: 'credits',
  billing_hard_limit_reached: 'credits',
  billing_not_active: 'credits',
  // LiteLLM: a key, user or team is over its budget (400 or 429).
  budget_exceeded: 'credits',
  // OpenAI: 403 when the project may not use it, else 404.
  model_not_found: 'no-such-model',
  invalid_api_key: 'denied',
  // Azure's filter: 400. LiteLLM before it leaves only the inner code.
  content_filter: 'blocked',
  ResponsibleAIPolicyViolation: 'blocked',
};

/** Characters of a message that a reason shows. */
const MESSAGE_LENGTH = 300;

/** Outcome of any status but 200, whether or not the body is an error of OpenAI's form. */
export function classifyOpenaiError(response: ReceivedResponse, now: Date): ClassifiedOutcome {
  const error = readErrorBody(response.body);
  const facts = error ?? NO_ERROR_FACTS;
  const outcome = outcomeOf(response.status, facts);
  const words = new Set([String(response.status), facts.type, facts.code, facts.innerCode].filter(Boolean));
  const said = error === null ? excerpt(response.body) : facts.message;
  return {
    ...NOTHING_KNOWN,
    outcome,
    reason: [...words].join(' ') + (said ? `: ${said.slice(0, MESSAGE_LENGTH)}` : ''),
    retryAfterMs: waitOf(outcome, response.headers, facts, now),
    ...(outcome === 'rate-limited' ? quotaOf(facts) : {}),
  };
}

function outcomeOf(status: number, { code, type, innerCode }: ErrorFacts): Outcome {
  const known = [code, type, innerCode].find((name) => name !== null && Object.hasOwn(CODES, name));
  return (known ? CODES[known] : undefined) ?? plainOutcome(status);
}

/** OpenAI's type of a 429 is what was counted. */
function quotaOf({ type }: ErrorFacts): { quota?: QuotaHit } {
  return type === 'requests' || type === 'tokens' ? { quota: { meter: type, value: null } } : {};
}

function waitOf(outcome: Outcome, headers: ResponseHeaders, { type }: ErrorFacts, now: Date): number | null {
  if (outcome !== 'rate-limited' && outcome !== 'unavailable') return null;
  const asked = retryAfterMsOf(headers, now);
  if (asked !== null || outcome === 'unavailable') return asked;
  return resetMsOf(headers, type) ?? DEFAULT_RATE_LIMIT_WAIT_MS;
}
