import { storeFile } from '@retort/store';
import SqliteDatabase from 'better-sqlite3';

/** Times of calls, ms since 1970. */
export interface CallWindow {
  readonly firstStartMs: number;
  readonly lastEndMs: number;
}

export interface RequestCounts {
  readonly pending: number;
  readonly answered: number;
  readonly deadLetters: number;
}

export interface StoreFigures {
  requests(): RequestCounts;
  /** Null before the first attempt was stored. */
  window(): CallWindow | null;
  /** Attempts by outcome whose call ended from `fromMs` on and before `toMs`. */
  outcomes(fromMs?: number, toMs?: number): Record<string, number>;
  attempts(): number;
  /** Requests with more than one answer. */
  storedTwice(): number;
  /** The last outcome of each given-up request, counted; `none` for one without an attempt. */
  deadLetterOutcomes(): Record<string, number>;
  /** Given-up requests that name no reason. */
  deadLettersWithoutReason(): number;
  spentUsd(): number;
  /** The most that one call now in flight could cost, USD; 0 without any. */
  worstReservationUsd(): number;
  close(): void;
}

/**
 * Reads figures from a home's tables while `distill` runs or after it. SQL of its own, read-only: a measurement that asked
 * the store's own code would repeat its errors.
 */
export function openStoreFigures(home: string): StoreFigures {
  const db = new SqliteDatabase(storeFile(home), { readonly: true, timeout: 20_000 });
  const number = (sql: string, ...values: unknown[]): number =>
    Number(
      db
        .prepare(sql)
        .pluck()
        .get(...values) ?? 0,
    );
  const tally = (sql: string, ...values: unknown[]): Record<string, number> =>
    Object.fromEntries(
      db
        .prepare<unknown[], [string, number]>(sql)
        .raw()
        .all(...values),
    );
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    requests() {
      const states = tally('SELECT state, count(*) FROM requests GROUP BY state');
      return {
        pending: states.pending ?? 0,
        answered: states.answered ?? 0,
        deadLetters: states['dead-letter'] ?? 0,
      };
    },
    window() {
      const [first, last] = db
        .prepare<unknown[], [string | null, string | null]>(
          'SELECT min(started_at), max(finished_at) FROM attempts',
        )
        .raw()
        .get() ?? [null, null];
      return first === null || last === null
        ? null
        : { firstStartMs: Date.parse(first), lastEndMs: Date.parse(last) };
    },
    outcomes: (fromMs = 0, toMs = Date.UTC(9999, 0)) =>
      tally(
        'SELECT outcome, count(*) FROM attempts WHERE finished_at >= ? AND finished_at < ? GROUP BY outcome',
        iso(fromMs),
        iso(toMs),
      ),
    attempts: () => number('SELECT count(*) FROM attempts'),
    storedTwice: () =>
      number(
        "SELECT count(*) FROM (SELECT 1 FROM attempts WHERE outcome = 'answered' GROUP BY request_key HAVING count(*) > 1)",
      ),
    deadLetterOutcomes: () =>
      tally(
        `SELECT coalesce((SELECT a.outcome FROM attempts a WHERE a.request_key = r.key ORDER BY a.number DESC LIMIT 1), 'none') AS outcome,
           count(*) FROM requests r WHERE r.state = 'dead-letter' GROUP BY 1`,
      ),
    deadLettersWithoutReason: () =>
      number("SELECT count(*) FROM requests WHERE state = 'dead-letter' AND coalesce(state_reason, '') = ''"),
    spentUsd: () => number('SELECT sum(cost_usd) FROM attempts'),
    worstReservationUsd: () => number('SELECT max(usd) FROM reservations'),
    close: () => {
      db.close();
    },
  };
}
