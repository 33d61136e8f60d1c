import type { Outcome } from '@retort/schema';

/** What an outcome asks for. */
export interface OutcomePolicy {
  /** True when the row is over with it, with an answer or without. */
  readonly settles: boolean;
  readonly retry: RetryPolicy | null;
  /** What ends once there is no retry (left). Null: nothing does. */
  readonly stops: 'row' | 'day' | 'run' | null;
}

export interface RetryPolicy {
  /** Outcomes that share one count of attempts. */
  readonly countedWith: readonly Outcome[];
  /** Attempts that may end so, the first included; null when they never count against the row. */
  readonly maxAttempts: number | null;
  /** `server`: what it asked for; `backoff`: exponential with full jitter, and at least what the server asked for. */
  readonly wait: 'server' | 'backoff' | 'none';
  /** By how much a retry raises the limit of output tokens. */
  readonly maxOutputTokensFactor: number;
}

const BLIP: RetryPolicy = {
  countedWith: ['unavailable', 'network'],
  maxAttempts: 6,
  wait: 'backoff',
  maxOutputTokensFactor: 1,
};

/** Every line of gemini-protocol.md's table "Outcomes" (checked 2026-11-23), as data. */
export const outcomePolicies: Readonly<Record<Outcome, OutcomePolicy>> = {
  answered: { settles: true, retry: null, stops: null },
  malformed: {
    settles: false,
    retry: { countedWith: ['malformed'], maxAttempts: 3, wait: 'none', maxOutputTokensFactor: 1 },
    stops: 'row',
  },
  truncated: {
    settles: false,
    retry: { countedWith: ['truncated'], maxAttempts: 2, wait: 'none', maxOutputTokensFactor: 2 },
    stops: 'row',
  },
  blocked: { settles: true, retry: null, stops: 'row' },
  'rate-limited': {
    settles: false,
    retry: { countedWith: ['rate-limited'], maxAttempts: null, wait: 'server', maxOutputTokensFactor: 1 },
    stops: null,
  },
  'quota-day': { settles: false, retry: null, stops: 'day' },
  credits: { settles: false, retry: null, stops: 'run' },
  invalid: { settles: true, retry: null, stops: 'row' },
  denied: { settles: false, retry: null, stops: 'run' },
  'no-such-model': { settles: false, retry: null, stops: 'run' },
  unavailable: { settles: false, retry: BLIP, stops: 'row' },
  network: { settles: false, retry: BLIP, stops: 'row' },
};
