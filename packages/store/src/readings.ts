import { inflateSync } from 'node:zlib';
import type { Aspect, Descriptions, Outcome, RequestAspect } from '@retort/schema';
import type { Database } from 'better-sqlite3';

/** An attempt that left a body, as it was read when it was stored or since. */
export interface StoredReading {
  readonly attemptId: number;
  readonly requestKey: string;
  readonly teacher: string;
  readonly aspect: RequestAspect;
  readonly aspects?: readonly Aspect[];
  readonly promptId: string;
  readonly imageName: string;
  readonly outcome: Outcome;
  readonly description: string | null;
  readonly descriptions: Descriptions | null;
  readonly httpStatus: number | null;
}

/** What an attempt is found to say, in place of what was read in it before. */
export interface NewReading {
  readonly attemptId: number;
  readonly requestKey: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly answer: string | null;
  readonly description: string | null;
  readonly descriptions: Descriptions | null;
  readonly cleanUps: readonly string[];
}

/** Requests whose state went with their answers. */
export interface StateChanges {
  readonly answered: number;
  readonly pending: number;
}

/** `runId` null: the whole home; else the requests that serve that run, whichever run asked them. */
export interface ReadingTable {
  /** How many attempts have a body, and how many have none. */
  count(runId: string | null): { readonly withBody: number; readonly withoutBody: number };
  /** Attempts with a body, in the order of their ids, without the bodies: those may be large. */
  page(runId: string | null, afterId: number, limit: number): StoredReading[];
  /** The body as received; null when it can't be unpacked. */
  body(attemptId: number): string | null;
  /**
   * Stores new readings and lets their requests follow: one that has an answer is answered; one that was answered and has
   * none any more is pending again, with all its chances. Money stays as it was booked. Call it in a transaction.
   */
  save(readings: readonly NewReading[]): StateChanges;
}

interface ReadingRecord extends Omit<StoredReading, 'aspects' | 'descriptions'> {
  readonly aspects: string | null;
  readonly descriptions: string | null;
}

const OF_RUN = `(@runId IS NULL OR EXISTS
  (SELECT 1 FROM sample_requests sr WHERE sr.request_key = a.request_key AND sr.run_id = @runId))`;
const HAS_ANSWER = `EXISTS (SELECT 1 FROM attempts a WHERE a.request_key = requests.key
  AND (a.description IS NOT NULL OR a.descriptions IS NOT NULL))`;

export function createReadingTable(db: Database): ReadingTable {
  const count = db.prepare<[{ runId: string | null }], { withBody: number; withoutBody: number }>(
    `SELECT coalesce(sum(a.raw_body IS NOT NULL), 0) AS withBody, coalesce(sum(a.raw_body IS NULL), 0) AS withoutBody
     FROM attempts a WHERE ${OF_RUN}`,
  );
  const page = db.prepare<[{ runId: string | null; afterId: number; limit: number }], ReadingRecord>(
    `SELECT a.id AS attemptId, a.request_key AS requestKey, r.teacher, r.aspect, r.aspects, r.prompt_id AS promptId,
       r.image_name AS imageName, a.outcome, a.description, a.descriptions, a.http_status AS httpStatus
     FROM attempts a JOIN requests r ON r.key = a.request_key
     WHERE a.id > @afterId AND a.raw_body IS NOT NULL AND ${OF_RUN} ORDER BY a.id LIMIT @limit`,
  );
  const body = db.prepare<[number], { raw_body: Buffer | null }>(
    'SELECT raw_body FROM attempts WHERE id = ?',
  );
  const update = db.prepare(
    `UPDATE attempts SET outcome = @outcome, reason = @reason, answer = @answer, description = @description,
       descriptions = @descriptions, clean_ups = @cleanUps WHERE id = @attemptId`,
  );
  const touch = db.prepare('UPDATE requests SET readings = readings + 1 WHERE key = ?');
  const nowAnswered = db.prepare(
    `UPDATE requests SET state = 'answered', state_reason = NULL, not_before_at = NULL
     WHERE key = ? AND state <> 'answered' AND ${HAS_ANSWER}`,
  );
  const nowPending = db.prepare(
    `UPDATE requests SET state = 'pending', state_reason = NULL, not_before_at = NULL,
       counted_from = (SELECT max(a.number) + 1 FROM attempts a WHERE a.request_key = requests.key)
     WHERE key = ? AND state = 'answered' AND NOT ${HAS_ANSWER}`,
  );
  return {
    count(runId) {
      const row = count.get({ runId });
      if (row === undefined) throw new TypeError('an aggregate query always has one row');
      return row;
    },
    page: (runId, afterId, limit) => page.all({ runId, afterId, limit }).map(toReading),
    body(attemptId) {
      const packed = body.get(attemptId)?.raw_body ?? null;
      try {
        return packed === null ? null : inflateSync(packed).toString('utf8');
      } catch {
        return null; // damaged: the caller counts it
      }
    },
    save(readings) {
      for (const { descriptions, cleanUps, requestKey: _key, ...columns } of readings) {
        const packed = descriptions === null ? null : JSON.stringify(descriptions);
        update.run({ ...columns, descriptions: packed, cleanUps: JSON.stringify(cleanUps) });
      }
      const changes = { answered: 0, pending: 0 };
      for (const key of new Set(readings.map(({ requestKey }) => requestKey))) {
        touch.run(key);
        changes.answered += nowAnswered.run(key).changes;
        changes.pending += nowPending.run(key).changes;
      }
      return changes;
    },
  };
}

function toReading({ aspects, descriptions, ...columns }: ReadingRecord): StoredReading {
  return {
    ...columns,
    // Both were written by this package, from values of these types.
    ...(aspects === null ? {} : { aspects: JSON.parse(aspects) as Aspect[] }),
    descriptions: descriptions === null ? null : (JSON.parse(descriptions) as Descriptions),
  };
}
