import { deflateSync } from 'node:zlib';
import type { Attempt } from '@retort/schema';
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

/** An attempt whose end nobody saw: its worker died, or was thought dead. */
const LOST = "outcome = 'network' AND http_status IS NULL AND raw_body IS NULL AND maybe_billed = 1";

/**
 * Makes the function that stores an attempt and settles its request and its reservation. Storing it twice changes nothing, except
 * that the true end of a call takes the place of one that was put down because nobody had seen it.
 */
export function createAttemptRecorder(db: Database): (entry: RecordedAttempt) => void {
  const insert = db.prepare(
    `INSERT INTO attempts (request_key, number, run_id, outcome, reason, answer, description, descriptions, clean_ups, raw_body,
       http_status, retry_after_ms, model_version, response_id, input_tokens, output_tokens, thinking_tokens, cost_usd,
       maybe_billed, recorded_at, started_at, finished_at)
     VALUES (@requestKey, @number, @runId, @outcome, @reason, @answer, @description, @descriptions, @cleanUps, @rawBody, @httpStatus,
       @retryAfterMs, @modelVersion, @responseId, @inputTokens, @outputTokens, @thinkingTokens, @costUsd, @maybeBilled,
       @recordedAt, @startedAt, @finishedAt)
     ON CONFLICT (request_key, number) DO NOTHING`,
  );
  const lostOne = db.prepare<[string, number], { cost_usd: number | null }>(
    `SELECT cost_usd FROM attempts WHERE request_key = ? AND number = ? AND ${LOST}`,
  );
  const replaceLost = db.prepare(
    `UPDATE attempts SET outcome = @outcome, reason = @reason, answer = @answer, description = @description,
       descriptions = @descriptions, clean_ups = @cleanUps, raw_body = @rawBody, http_status = @httpStatus,
       retry_after_ms = @retryAfterMs, model_version = @modelVersion, response_id = @responseId,
       input_tokens = @inputTokens, output_tokens = @outputTokens, thinking_tokens = @thinkingTokens,
       cost_usd = @costUsd, maybe_billed = @maybeBilled, started_at = @startedAt, finished_at = @finishedAt
     WHERE request_key = @requestKey AND number = @number AND ${LOST}`,
  );
  // Answered stays answered: a call thought lost can end after the one that was made in its place.
  const settle = db.prepare(
    `UPDATE requests SET state = ?, state_reason = ?, not_before_at = ?,
       max_output_tokens = coalesce(?, max_output_tokens) WHERE key = ? AND state <> 'answered'`,
  );
  const release = db.prepare('DELETE FROM reservations WHERE request_key = ? AND number = ?');
  const spend = db.prepare('UPDATE runs SET spent_usd = spent_usd + ? WHERE id = ?');
  return (entry) => {
    const { attempt, settlement } = entry;
    const record = toRecord(entry);
    const isNew = insert.run(record).changes > 0;
    // A call thought lost that answered after all: the true end takes the place of the one that was put down for it.
    const lost = isNew ? undefined : lostOne.get(attempt.requestKey, attempt.number);
    const isFound = lost !== undefined && attempt.rawBody !== null && replaceLost.run(record).changes > 0;
    if (!isNew && !isFound) return;
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
    const spentUsd = (attempt.costUsd ?? 0) - (lost?.cost_usd ?? 0);
    if (spentUsd !== 0) spend.run(spentUsd, entry.runId);
  };
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
