import { deflateSync, inflateSync } from 'node:zlib';
import type { Aspect, Attempt, Outcome } from '@retort/schema';
import type { Database } from 'better-sqlite3';

/** Where a request stands after an attempt. */
export type Settlement =
  | { readonly state: 'answered' }
  | { readonly state: 'dead-letter'; readonly reason: string }
  | {
      readonly state: 'pending';
      readonly notBeforeAt: string | null;
      readonly maxOutputTokens: number | null;
    };

export interface RecordedAttempt {
  readonly runId: string;
  readonly attempt: Attempt;
  /** Names of the clean-ups that parsing applied. */
  readonly cleanUps: readonly string[];
  readonly settlement: Settlement;
}

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
  const insert = db.prepare(
    `INSERT INTO attempts (request_key, number, run_id, outcome, reason, answer, description, descriptions, clean_ups, raw_body,
       http_status, retry_after_ms, model_version, response_id, input_tokens, output_tokens, thinking_tokens, cost_usd,
       maybe_billed, recorded_at, started_at, finished_at)
     VALUES (@requestKey, @number, @runId, @outcome, @reason, @answer, @description, @descriptions, @cleanUps, @rawBody, @httpStatus,
       @retryAfterMs, @modelVersion, @responseId, @inputTokens, @outputTokens, @thinkingTokens, @costUsd, @maybeBilled,
       @recordedAt, @startedAt, @finishedAt)
     ON CONFLICT (request_key, number) DO NOTHING`,
  );
  // Answered stays answered: a call thought lost can end after the one that was made in its place.
  const settle = db.prepare(
    `UPDATE requests SET state = ?, state_reason = ?, not_before_at = ?,
       max_output_tokens = coalesce(?, max_output_tokens) WHERE key = ? AND state <> 'answered'`,
  );
  const release = db.prepare('DELETE FROM reservations WHERE request_key = ? AND number = ?');
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
  const spend = db.prepare('UPDATE runs SET spent_usd = spent_usd + ? WHERE id = ?');
  const countSince = db.prepare<[string, string, string], { n: number }>(
    `SELECT count(*) AS n FROM attempts a JOIN requests r ON r.key = a.request_key
     WHERE a.started_at >= ? AND r.teacher = ? AND r.model = ? AND (a.http_status = 200 OR a.maybe_billed = 1)`,
  );
  const outcomeCounts = db.prepare<[string], { outcome: Outcome; n: number }>(
    'SELECT outcome, count(*) AS n FROM attempts WHERE run_id = ? GROUP BY outcome ORDER BY outcome',
  );
  return {
    has: (requestKey, number) => has.get(requestKey, number) !== undefined,
    outcomes: (requestKey) => outcomes.all(requestKey).map((row) => row.outcome),
    countSince: (teacher, model, since) => countSince.get(since, teacher, model)?.n ?? 0,
    record(entry) {
      const { attempt, settlement } = entry;
      if (insert.run(toRecord(entry)).changes === 0) return;
      const reason = settlement.state === 'dead-letter' ? settlement.reason : null;
      const again = settlement.state === 'pending' ? settlement : null;
      settle.run(
        settlement.state,
        reason,
        again?.notBeforeAt ?? null,
        again?.maxOutputTokens ?? null,
        attempt.requestKey,
      );
      release.run(attempt.requestKey, attempt.number);
      if (attempt.costUsd !== null && attempt.costUsd > 0) spend.run(attempt.costUsd, entry.runId);
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

/** Bodies have one to three KB: a window of 4 KB holds them, and needs a tenth of the memory that zlib takes by itself. */
const SMALL = { windowBits: 12, memLevel: 5 } as const;

function toRecord({ attempt, cleanUps, runId }: RecordedAttempt): Record<string, unknown> {
  const { usage, rawBody, maybeBilled, descriptions = null, ...columns } = attempt;
  return {
    ...columns,
    ...usage,
    runId,
    descriptions: descriptions === null ? null : JSON.stringify(descriptions),
    cleanUps: JSON.stringify(cleanUps),
    rawBody: rawBody === null ? null : deflateSync(rawBody, SMALL),
    maybeBilled: maybeBilled ? 1 : 0,
  };
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
