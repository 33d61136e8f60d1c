import { z } from 'zod';

/** How one call for a request can end: the closed set. What each asks for is in `outcomePolicies`. */
export const OUTCOMES = [
  'answered',
  'malformed',
  'truncated',
  'blocked',
  'rate-limited',
  'quota-day',
  'credits',
  'invalid',
  'denied',
  'no-such-model',
  'unavailable',
  'network',
] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = (typeof OUTCOMES)[number];
