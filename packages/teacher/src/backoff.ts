export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Full-jitter wait after attempt `attempt` (counted from 1), in ms, never above `capMs`. */
export function backoffMs(attempt: number, options: BackoffOptions, random: () => number): number {
  return random() * Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1));
}
