/**
 * The longest wait, in ms, that is taken from a service: 24 hours, for no quota is counted over a longer time. A larger figure
 * is a slip of the service, and may be none that a date can be made of.
 */
const MAX_SERVICE_WAIT_MS = 24 * 60 * 60 * 1000;

/** A wait that a service named, in ms, at most a day. */
export function capServiceWaitMs(waitMs: number): number {
  return Math.min(waitMs, MAX_SERVICE_WAIT_MS);
}
