import { createPacificDay } from './pacific-day.ts';

/** Null is no limit. */
export interface QuotaLimits {
  readonly requestsPerMinute: number | null;
  readonly inputTokensPerMinute: number | null;
  readonly requestsPerDay: number | null;
}

export const NO_LIMITS: QuotaLimits = {
  requestsPerMinute: null,
  inputTokensPerMinute: null,
  requestsPerDay: null,
};

/**
 * `fixed`: counts start anew at second 00 of each minute, as Google's were seen to
 * (discuss.ai.google.dev/t/6851, checked 2026-11-23). `sliding`: any 60 seconds, the strictest reading of "a minute".
 */
export const WINDOW_KINDS = ['fixed', 'sliding'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

export type Admission =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      /** Every limit that stands in the way. */
      readonly violated: readonly (keyof QuotaLimits)[];
      /** Until the minute's counts have room; for a day's limit alone, to the end of this minute. More than 0. */
      readonly retryDelayMs: number;
    };

export interface Quota {
  /** Counts a request of `tokens` input tokens, or refuses it, which counts nothing. */
  admit(model: string, tokens: number, nowMs: number): Admission;
  readonly limits: QuotaLimits;
  /** Counts stay: a lower limit can be exceeded already. */
  changeLimits(limits: Partial<QuotaLimits>): void;
}

const MINUTE_MS = 60_000;

interface Counted {
  readonly atMs: number;
  readonly tokens: number;
}

interface ModelCounts {
  counted: Counted[];
  /** Entries of `counted` before this one have left the minute. */
  first: number;
  tokens: number;
  day: string;
  requestsToday: number;
}

/** Quotas of one project: every key shares them, every model has its own. */
export function createQuota(initial: QuotaLimits, kind: WindowKind): Quota {
  let limits = initial;
  const pacificDay = createPacificDay();
  const models = new Map<string, ModelCounts>();
  return {
    get limits() {
      return limits;
    },
    changeLimits(changed) {
      limits = { ...limits, ...changed };
    },
    admit(model, tokens, nowMs) {
      const counts = models.get(model) ?? { counted: [], first: 0, tokens: 0, day: '', requestsToday: 0 };
      models.set(model, counts);
      forget(counts, windowStart(kind, nowMs), pacificDay(nowMs));
      const violated = violations(counts, tokens, limits);
      if (violated.length > 0) {
        return {
          admitted: false,
          violated,
          retryDelayMs: delayMs(counts, tokens, violated, limits, kind, nowMs),
        };
      }
      counts.counted.push({ atMs: nowMs, tokens });
      counts.tokens += tokens;
      counts.requestsToday += 1;
      return { admitted: true };
    },
  };
}

/** Counts from this moment on are of this minute. */
function windowStart(kind: WindowKind, nowMs: number): number {
  return kind === 'fixed' ? nowMs - (nowMs % MINUTE_MS) : nowMs - MINUTE_MS + 1;
}

function forget(counts: ModelCounts, startMs: number, today: string): void {
  for (;;) {
    const oldest = counts.counted[counts.first];
    if (oldest === undefined || oldest.atMs >= startMs) break;
    counts.tokens -= oldest.tokens;
    counts.first += 1;
  }
  if (counts.first > counts.counted.length / 2) {
    counts.counted.splice(0, counts.first);
    counts.first = 0;
  }
  if (counts.day === today) return;
  counts.day = today;
  counts.requestsToday = 0;
}

function violations(counts: ModelCounts, tokens: number, limits: QuotaLimits): (keyof QuotaLimits)[] {
  const wanted: Readonly<Record<keyof QuotaLimits, number>> = {
    requestsPerMinute: counts.counted.length - counts.first + 1,
    inputTokensPerMinute: counts.tokens + tokens,
    requestsPerDay: counts.requestsToday + 1,
  };
  const names = ['requestsPerMinute', 'inputTokensPerMinute', 'requestsPerDay'] as const;
  return names.filter((name) => wanted[name] > (limits[name] ?? Number.POSITIVE_INFINITY));
}

function delayMs(
  { counted, first, tokens: counts }: ModelCounts,
  tokens: number,
  violated: readonly (keyof QuotaLimits)[],
  limits: QuotaLimits,
  kind: WindowKind,
  nowMs: number,
): number {
  const endOfMinute = MINUTE_MS - (nowMs % MINUTE_MS);
  if (kind === 'fixed' || violated.every((name) => name === 'requestsPerDay')) return endOfMinute;
  let requestsLeft = counted.length - first;
  let tokensLeft = counts;
  for (const { atMs, tokens: freed } of counted.slice(first)) {
    requestsLeft -= 1;
    tokensLeft -= freed;
    const room =
      requestsLeft < (limits.requestsPerMinute ?? Number.POSITIVE_INFINITY) &&
      tokensLeft + tokens <= (limits.inputTokensPerMinute ?? Number.POSITIVE_INFINITY);
    if (room) return Math.max(1, atMs + MINUTE_MS - nowMs);
  }
  return MINUTE_MS;
}
