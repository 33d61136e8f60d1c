import { capServiceWaitMs } from './max-service-wait.ts';

/** A Retry-After header, seconds or an HTTP date, in ms from `now`, never negative, at most a day; null when it is neither. */
export function parseRetryAfterMs(header: string, now: Date): number | null {
  const value = header.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return capServiceWaitMs(Number(value) * 1000);
  // Date.parse takes much for a date; an HTTP date begins with the name of a day.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : capServiceWaitMs(Math.max(0, date - now.getTime()));
}
