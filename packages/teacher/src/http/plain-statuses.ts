import type { Outcome } from '@retort/schema';

/** Wait after a 429 that names none, in ms: the window of the services' per-minute limits. */
export const DEFAULT_RATE_LIMIT_WAIT_MS = 60_000;

const PLAIN_STATUSES: Readonly<Record<number, Outcome>> = {
  401: 'denied',
  402: 'credits',
  403: 'denied',
  404: 'no-such-model',
  408: 'unavailable',
  409: 'unavailable',
  413: 'invalid',
  429: 'rate-limited',
};

/** What a status but 200 means on its own, without the body of a service that says more. */
export function plainOutcome(status: number): Outcome {
  const plain = PLAIN_STATUSES[status];
  if (plain !== undefined) return plain;
  if (status >= 500) return 'unavailable';
  // A redirect isn't followed, for it could carry the key to another host: the base address is wrong for every model.
  return status >= 300 && status < 400 ? 'no-such-model' : 'invalid';
}
