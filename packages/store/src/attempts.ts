import { inflateSync } from 'node:zlib';
import type { Aspect, Outcome } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import { createAttemptRecorder, type RecordedAttempt } from './record-attempt.ts';

export interface Spending {
  readonly attempts: number;
  /** Known costs of the run's attempts, USD. */
  readonly spentUsd: number;
  /** Reserved for calls in flight, and for calls whose end was never recorded: those may have been billed. */
  readonly reservedUsd: number;
  /** Attempts whose cost isn't known and that have no reservation: their price is unknown. */
  readonly unknownCost: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface AnsweredRequest {
  readonly requestKey: string;
  readonly answer: string;
  readonly description: string;
  readonly cleanUps: readonly string[];
  readonly modelVersion: string | null;
  readonly recordedAt: string | null;
  readonly finishedAt: string;
}

export interface AttemptTable {
  has(requestKey: string, number: number): boolean;
  /** Outcomes of the attempts that count against a request, first to last: after a retry, those since then. */
  outcomes(requestKey: string): Outcome[];
  /** Stores the attempt, settles its request and its reservation. Storing it twice changes nothing. */
  record(entry: RecordedAttempt): void;
  /** The latest answer with a description of this aspect, or null. */
  answered(requestKey: string, aspect: Aspect): AnsweredRequest | null;
  /** Calls to a model since a moment (UTC ISO 8601) that its service counted: not those that it refused. */
  countSince(teacher: string, model: string, since: string): number;
  rawBody(requestKey: string, number: number): string | null;
  spending(runId: string): Spending;
  /** What a run has spent or reserved, USD, as far as it is known; found without looking at every attempt. */
  committed(runId: string): Pick<Spending, 'spentUsd' | 'reservedUsd'>;
  outcomeCounts(runId: string): { outcome: Outcome; n: number }[];
}

export function createAttemptTable(db: Database): AttemptTable {
  const has = db.prepare('SELECT 1 FROM attempts WHERE request_key = ? AND number = ?');
  const outcomes = db.prepare<[string], { outcome: Outcome }>(
    `SELECT a.outcome FROM attempts a JOIN requests r ON r.key = a.request_key
     WHERE a.request_key = ? AND a.number >= r.counted_from ORDER BY a.number`,
  );
  const answered = db.prepare<[{ requestKey: string; aspect: Aspect }], AnsweredRecord>(
    `SELECT request_key, answer, coalesce(description, descriptions ->> @aspect) AS description, clean_ups,
       model_version, recorded_at, finished_at
     FROM attempts WHERE request_key = @requestKey AND coalesce(description, descriptions ->> @aspect) IS NOT NULL
     ORDER BY number DESC LIMIT 1`,
  );
  const rawBody = db.prepare<[string, number], { raw_body: Buffer | null }>(
    'SELECT raw_body FROM attempts WHERE request_key = ? AND number = ?',
  );
  const spending = db.prepare<[{ runId: string }], Spending>(
    `SELECT count(*) AS attempts, coalesce(sum(a.cost_usd), 0) AS spentUsd,
       (SELECT coalesce(sum(usd), 0) FROM reservations WHERE run_id = @runId) AS reservedUsd,
       coalesce(sum(a.cost_usd IS NULL AND a.outcome IN ('answered', 'malformed', 'truncated', 'blocked')), 0) AS unknownCost,
       coalesce(sum(a.input_tokens), 0) AS inputTokens,
       coalesce(sum(a.output_tokens), 0) AS outputTokens
     FROM attempts a WHERE a.run_id = @runId`,
  );
  const committed = db.prepare<[{ runId: string }], Pick<Spending, 'spentUsd' | 'reservedUsd'>>(
    `SELECT coalesce((SELECT spent_usd FROM runs WHERE id = @runId), 0) AS spentUsd,
       (SELECT coalesce(sum(usd), 0) FROM reservations WHERE run_id = @runId) AS reservedUsd`,
  );
  // From the latest back: a day's attempts are looked at, however many there are in all.
  const latest = db.prepare<
    [],
    { started_at: string; finished_at: string; teacher: string; model: string; counts: number }
  >(
    `SELECT a.started_at, a.finished_at, r.teacher, r.model, a.http_status = 200 OR a.maybe_billed = 1 AS counts
     FROM attempts a CROSS JOIN requests r ON r.key = a.request_key ORDER BY a.id DESC`,
  );
  const outcomeCounts = db.prepare<[string], { outcome: Outcome; n: number }>(
    'SELECT outcome, count(*) AS n FROM attempts WHERE run_id = ? GROUP BY outcome ORDER BY outcome',
  );
  return {
    has: (requestKey, number) => has.get(requestKey, number) !== undefined,
    outcomes: (requestKey) => outcomes.all(requestKey).map((row) => row.outcome),
    record: createAttemptRecorder(db),
    countSince(teacher, model, since) {
      let count = 0;
      for (const row of latest.iterate()) {
        if (row.finished_at < since) break;
        const isOfDay = row.started_at >= since && row.teacher === teacher && row.model === model;
        if (isOfDay && row.counts === 1) count += 1;
      }
      return count;
    },
    answered(requestKey, aspect) {
      const row = answered.get({ requestKey, aspect });
      return row === undefined ? null : toAnswered(row);
    },
    rawBody(requestKey, number) {
      const body = rawBody.get(requestKey, number)?.raw_body ?? null;
      return body === null ? null : inflateSync(body).toString('utf8');
    },
    spending(runId) {
      const row = spending.get({ runId });
      if (row === undefined) throw new TypeError('an aggregate query always has one row');
      return row;
    },
    committed(runId) {
      const row = committed.get({ runId });
      if (row === undefined) throw new TypeError('a query without a table always has one row');
      return row;
    },
    outcomeCounts: (runId) => outcomeCounts.all(runId),
  };
}

interface AnsweredRecord {
  request_key: string;
  answer: string;
  description: string;
  clean_ups: string;
  model_version: string | null;
  recorded_at: string | null;
  finished_at: string;
}

function toAnswered(row: AnsweredRecord): AnsweredRequest {
  return {
    requestKey: row.request_key,
    answer: row.answer,
    description: row.description,
    cleanUps: JSON.parse(row.clean_ups) as string[], // written by record() above, and nowhere else
    modelVersion: row.model_version,
    recordedAt: row.recorded_at,
    finishedAt: row.finished_at,
  };
}
