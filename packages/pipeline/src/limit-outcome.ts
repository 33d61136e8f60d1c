import type { Outcome } from '@retort/schema';

/** True for an end of the run that waiting or paying lifts; after any other somebody has to mend something. */
export function isLimitOutcome(outcome: Outcome): boolean {
  return outcome === 'quota-day' || outcome === 'credits';
}
