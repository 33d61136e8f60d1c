import type { Finding } from '../../measurement.ts';
import type { Bed, Home } from '../bed.ts';
import { expectEnd, startDistill } from '../distill-process.ts';
import { type DoubleProcess, startDouble } from '../double-process.ts';
import { teachArguments, withHome } from '../run-product.ts';
import { openStoreFigures, type StoreFigures } from '../store-figures.ts';
import { sleep, until } from '../wait.ts';

/** The limit of the table, and what an unknown one changes to in the middle. */
export const REQUESTS_PER_MINUTE = 600;
export const LOWERED_REQUESTS_PER_MINUTE = 300;
/** So that a limit decides, and not how many calls are in flight: 64 at 200 ms could be 19,200 a minute. */
const CONCURRENCY = 64;
const LATENCY_MS = 200;
const FLAG = '--requests-per-minute';
const EXIT_INTERRUPTED = 130;
const REAL_MINUTE_MS = 60_000;
/** From the start of `distill` to its first call, about. */
const STARTUP_MS = 3_000;

export interface RateLimitOptions {
  /** `known`: the limit is told with --requests-per-minute. */
  readonly known: boolean;
  readonly workers: number;
}

export interface MinuteCount {
  readonly answered: number;
  readonly rateLimited: number;
}

export interface LimitedRun {
  /** A minute each, from the first. */
  readonly minutes: readonly MinuteCount[];
  /** Answered by the service and not in the store, or given up. */
  readonly lost: number;
  readonly mostInFlight: number;
}

/** The reason why this checkout can't run the row, or null. */
export function missingOption({ known, workers }: RateLimitOptions, { help }: Bed): string | null {
  const wanted = [...(known ? [FLAG] : []), ...(workers > 1 ? ['--workers'] : [])];
  const missing = wanted.filter((flag) => !help.includes(flag));
  return missing.length === 0 ? null : `distill has no ${missing.join(' and no ')}`;
}

/** Runs `distill` for so many minutes against a service that enforces the limit, and counts what each minute brought. */
export async function runLimited(
  bed: Bed,
  options: RateLimitOptions,
  { minutes, lowerAfter }: { readonly minutes: number; readonly lowerAfter: number | null },
): Promise<LimitedRun> {
  const limit = ['--requests-per-minute', String(REQUESTS_PER_MINUTE)];
  const double = await startDouble(['--latency-ms', String(LATENCY_MS), ...limit]);
  try {
    return await withHome(bed, bed.sizes.limits, async (home) => {
      const args = [
        ...(options.known ? [FLAG, String(REQUESTS_PER_MINUTE)] : []),
        ...(options.workers > 1 ? ['--workers', String(options.workers)] : []),
      ];
      // A quota's minute begins at second 00: a change in the middle of one would leave nothing of it to answer in.
      if (lowerAfter !== null && bed.sizes.minuteMs === REAL_MINUTE_MS) await beforeFullMinute();
      const process = await startDistill(teachArguments(home, CONCURRENCY, args), double.baseUrl);
      const firstMs = await firstCall(home, process.ended);
      const startMs = lowerAfter === null ? firstMs : nearestMinute(firstMs, bed.sizes.minuteMs);
      const endOf = (minute: number): number => startMs + minute * bed.sizes.minuteMs;
      if (lowerAfter !== null) {
        await sleep(endOf(lowerAfter) - Date.now());
        await double.setLimits({ requests_per_minute: LOWERED_REQUESTS_PER_MINUTE });
      }
      await sleep(endOf(minutes) - Date.now());
      process.interrupt();
      await expectEnd(process, [0, EXIT_INTERRUPTED]);
      return await count(home, double, minutes, endOf);
    });
  } finally {
    await double.stop();
  }
}

async function count(
  home: Home,
  double: DoubleProcess,
  minutes: number,
  endOf: (minute: number) => number,
): Promise<LimitedRun> {
  const stats = await double.stats();
  const figures = openStoreFigures(home.dir);
  try {
    const { answered, deadLetters } = figures.requests();
    return {
      minutes: Array.from({ length: minutes }, (_, index) =>
        countBetween(figures, endOf(index), endOf(index + 1)),
      ),
      lost: stats.distinct_answered - answered + deadLetters,
      mostInFlight: stats.most_in_flight,
    };
  } finally {
    figures.close();
  }
}

function countBetween(figures: StoreFigures, fromMs: number, toMs: number): MinuteCount {
  const outcomes = figures.outcomes(fromMs, toMs);
  return { answered: outcomes.answered ?? 0, rateLimited: outcomes['rate-limited'] ?? 0 };
}

/** When the first call was made, ms since 1970. */
async function firstCall(home: Home, ended: Promise<unknown>): Promise<number> {
  const figures = openStoreFigures(home.dir);
  try {
    await until(() => figures.window() !== null, 'the first attempt was stored', ended);
    return figures.window()?.firstStartMs ?? Date.now();
  } finally {
    figures.close();
  }
}

async function beforeFullMinute(): Promise<void> {
  const intoMinute = (Date.now() + STARTUP_MS) % REAL_MINUTE_MS;
  await sleep(REAL_MINUTE_MS - intoMinute);
}

function nearestMinute(ms: number, minuteMs: number): number {
  return minuteMs === REAL_MINUTE_MS ? Math.round(ms / minuteMs) * minuteMs : ms;
}

/** What 600 a minute come to in one of our minutes: fewer in a quick run, whose minutes are short. */
export function allowedIn(minuteMs: number, perMinute: number): number {
  return (perMinute * minuteMs) / REAL_MINUTE_MS;
}

export function sumOf(minutes: readonly MinuteCount[]): MinuteCount {
  return {
    answered: minutes.reduce((sum, { answered }) => sum + answered, 0),
    rateLimited: minutes.reduce((sum, { rateLimited }) => sum + rateLimited, 0),
  };
}

/** 429s an answer; all of them when nothing was answered. */
export function refusalsPerAnswer({ answered, rateLimited }: MinuteCount): number {
  return answered === 0 ? rateLimited : rateLimited / answered;
}

/** A finding's facts: what each minute brought. */
export function minuteFacts({ minutes, mostInFlight }: LimitedRun): Record<string, number | string> {
  const each = minutes.map(({ answered, rateLimited }) => `${answered} (${rateLimited})`);
  return { 'answered (429s) by minute': each.join(', '), most_in_flight: mostInFlight };
}

export type RateLimitRow = (bed: Bed) => Promise<Finding>;
