import { capServiceWaitMs } from '../http/max-service-wait.ts';
import { parseRetryAfterMs } from '../http/parse-retry-after.ts';
import type { ResponseHeaders } from '../http/teacher-response.ts';

const LIMITS = ['requests', 'tokens'] as const;

/** A bare number above this, in seconds, is no wait but a point in time of unknown unit. */
const MAX_BARE_SECONDS = 1_000_000;

/**
 * Wait that the headers ask for, in ms: `retry-after-ms` (OpenAI, Azure), then `Retry-After` (LiteLLM and proxies). Null
 * when neither is there.
 */
export function retryAfterMsOf(headers: ResponseHeaders, now: Date): number | null {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return capServiceWaitMs(ms);
  const retryAfter = headers.get('retry-after');
  return retryAfter === null ? null : parseRetryAfterMs(retryAfter, now);
}

/**
 * Wait until the limit that was hit is free again, in ms: of `x-ratelimit-reset-requests` and `-tokens` the one that the
 * error's `type` names, else those whose `remaining` is used up, else the longer. Null when there is none above 0.
 */
export function resetMsOf(headers: ResponseHeaders, errorType: string | null): number | null {
  const named = LIMITS.filter((limit) => limit === errorType);
  const usedUp = LIMITS.filter((limit) => {
    const remaining = headers.get(`x-ratelimit-remaining-${limit}`);
    return remaining !== null && Number(remaining) <= 0;
  });
  const hit = [named, usedUp, LIMITS].find((limits) => limits.length > 0) ?? LIMITS;
  const waits = hit.map((limit) => parseResetMs(headers.get(`x-ratelimit-reset-${limit}`) ?? ''));
  const longest = Math.max(...waits);
  return longest > 0 ? capServiceWaitMs(longest) : null;
}

/** OpenAI's `6m0s`, `1s`, `12ms`, or others' seconds without a unit, in ms; 0 when it is neither. */
function parseResetMs(reset: string): number {
  if (/^\d+(\.\d+)?$/.test(reset)) return Number(reset) <= MAX_BARE_SECONDS ? Number(reset) * 1000 : 0;
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
    reset,
  );
  const [days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = (parts ?? [])
    .slice(1)
    .map((n) => Number(n ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}
