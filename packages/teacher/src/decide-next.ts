import type { Outcome } from '@retort/schema';
import { type BackoffOptions, backoffMs } from './backoff.ts';
import { type OutcomePolicy, outcomePolicies, type RetryPolicy } from './outcome-policies.ts';
import { nextPacificMidnight } from './pacific-midnight.ts';

export interface DecideInput {
  /** How the attempt just made ended. */
  readonly outcome: Outcome;
  /** Its reason, for the sentence that people read; null when it has none. */
  readonly reason?: string | null;
  /** The request's earlier attempts, without the one just made; after a replay from the dead letters, those since then. */
  readonly attemptsSoFar: readonly { readonly outcome: Outcome }[];
  /** Wait that the server asked for, in ms. */
  readonly retryAfterMs: number | null;
  readonly now: Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export type NextStep =
  | { readonly kind: 'settled' }
  | {
      readonly kind: 'again';
      /** Wait from `now`, in ms. With `rate-limited` every process waits, not only this row. */
      readonly notBeforeMs: number;
      /** Multiplies the request's own limit of output tokens. */
      readonly maxOutputTokensFactor: number;
    }
  | { readonly kind: 'dead-letter'; readonly reason: string }
  /** `until`: UTC ISO 8601 when it is known that waiting helps, else null. The row stays open. */
  | { readonly kind: 'stop-run'; readonly reason: string; readonly until: string | null };

const BACKOFF: BackoffOptions = { baseMs: 1000, capMs: 60_000 };

/** Wait after a `rate-limited` that came without one, in ms. */
const DEFAULT_SERVER_WAIT_MS = 60_000;

/** What to do after an attempt. Pure: reads `outcomePolicies`, the clock and chance that it is given. */
export function decideNext(input: DecideInput): NextStep {
  const policy = outcomePolicies[input.outcome];
  const { retry } = policy;
  if (retry === null) return endOf(policy, input, 1);
  const attempts =
    1 + input.attemptsSoFar.filter(({ outcome }) => retry.countedWith.includes(outcome)).length;
  if (retry.maxAttempts !== null && attempts >= retry.maxAttempts) return endOf(policy, input, attempts);
  return {
    kind: 'again',
    notBeforeMs: waitOf(retry, input, attempts),
    maxOutputTokensFactor: tokensFactorOf(input),
  };
}

function endOf(policy: OutcomePolicy, { outcome, reason, now }: DecideInput, attempts: number): NextStep {
  const said = reason ? `: ${reason}` : '';
  if (policy.stops === null) return { kind: 'settled' };
  if (policy.stops === 'row') {
    return { kind: 'dead-letter', reason: `${outcome}${attempts > 1 ? ` ${attempts} times` : ''}${said}` };
  }
  const until = policy.stops === 'day' ? nextPacificMidnight(now).toISOString() : null;
  return { kind: 'stop-run', reason: `${outcome}${said}`, until };
}

function waitOf(retry: RetryPolicy, { retryAfterMs, random }: DecideInput, attempts: number): number {
  switch (retry.wait) {
    case 'none':
      return 0;
    case 'server':
      return retryAfterMs ?? DEFAULT_SERVER_WAIT_MS;
    case 'backoff':
      return Math.max(backoffMs(attempts, BACKOFF, random), retryAfterMs ?? 0);
  }
}

/** A limit once raised stays raised, whatever befell the attempts since. */
function tokensFactorOf({ outcome, attemptsSoFar }: DecideInput): number {
  const outcomes = [outcome, ...attemptsSoFar.map((attempt) => attempt.outcome)];
  return Math.max(...outcomes.map((seen) => outcomePolicies[seen].retry?.maxOutputTokensFactor ?? 1));
}
