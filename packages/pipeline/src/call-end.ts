import type { CallEnd, CallEndKind } from '@retort/queue';
import type { Outcome, TeacherResult } from '@retort/schema';

/** What an outcome says about the service's limits. */
const ENDS: Readonly<Record<Outcome, CallEndKind>> = {
  answered: 'answered',
  malformed: 'answered',
  truncated: 'answered',
  blocked: 'answered',
  'rate-limited': 'refused',
  'quota-day': 'other',
  credits: 'other',
  invalid: 'answered',
  denied: 'other',
  'no-such-model': 'other',
  unavailable: 'overloaded',
  network: 'broken',
};

/** What the limiter has to know of a call that ended. */
export function callEndOf(
  result: Pick<TeacherResult, 'outcome' | 'usage' | 'retryAfterMs' | 'quota'>,
): CallEnd {
  const { outcome, usage, retryAfterMs, quota } = result;
  return {
    end: ENDS[outcome],
    usedTokens: usage.inputTokens,
    delayMs: retryAfterMs,
    meter: quota?.meter ?? null,
    quota: quota?.value ?? null,
  };
}
