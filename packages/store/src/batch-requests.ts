import type { Database } from 'better-sqlite3';
import type { BatchableRequest, StoredBatchRow } from './batch-records.ts';
import { type DueRecord, OF_RUN, type OfRun, toDue } from './due-requests.ts';

interface BatchableRecord extends DueRecord {
  blob_bytes: number;
}

interface BatchRowRecord extends DueRecord {
  position: number;
  number: number;
  worst_case_usd: number | null;
}

/** Of a request `r`: it is in no batch whose end is still to come. In such a batch it is paid for, or will be. */
const FREE = `r.state = 'pending' AND ${OF_RUN}
  AND NOT EXISTS (SELECT 1 FROM batch_rows b JOIN batches o ON o.id = b.batch_id
    WHERE b.request_key = r.key AND o.finished_at IS NULL)`;

const BATCHABLE = `SELECT r.*, r.rowid AS position, i.blob_hash, i.media_type, i.width, i.height, i.blob_bytes,
    1 + max(
      (SELECT coalesce(max(a.number), 0) FROM attempts a WHERE a.request_key = r.key),
      (SELECT coalesce(max(v.number), 0) FROM reservations v WHERE v.request_key = r.key),
      (SELECT coalesce(max(b.number), 0) FROM batch_rows b WHERE b.request_key = r.key)
    ) AS next_number
  FROM requests r CROSS JOIN images i ON i.hash = r.image_hash
  WHERE ${FREE}`;

/** The statements by name; a test reads their query plans: none sorts, so each ends at its limit. */
export const BATCHABLE_SQL = {
  fresh: `${BATCHABLE} AND r.not_before_at IS NULL ORDER BY r.rowid LIMIT @limit`,
  waited: `${BATCHABLE} AND r.not_before_at <= @now ORDER BY r.not_before_at, r.rowid LIMIT @limit`,
  hasFresh: `SELECT 1 FROM requests r WHERE ${FREE} AND r.not_before_at IS NULL LIMIT 1`,
  nextWaiting: `SELECT r.not_before_at AS at FROM requests r
    WHERE ${FREE} AND r.not_before_at IS NOT NULL ORDER BY r.not_before_at LIMIT 1`,
} as const;

/** A row with its attempt's number; `next_number` is of no meaning here. */
const ROW = `SELECT b.position, b.number, b.worst_case_usd, r.*, i.blob_hash, i.media_type, i.width, i.height, b.number AS next_number
  FROM batch_rows b JOIN requests r ON r.key = b.request_key JOIN images i ON i.hash = r.image_hash`;

/** What goes into batches, and what is in them. */
export function createBatchRequests(db: Database) {
  const fresh = db.prepare<[OfRun & { limit: number }], BatchableRecord>(BATCHABLE_SQL.fresh);
  const waited = db.prepare<[OfRun & { now: string; limit: number }], BatchableRecord>(BATCHABLE_SQL.waited);
  const every = db.prepare<[OfRun], BatchableRecord>(BATCHABLE);
  const hasFresh = db.prepare<[OfRun]>(BATCHABLE_SQL.hasFresh);
  const nextWaiting = db.prepare<[OfRun], { at: string }>(BATCHABLE_SQL.nextWaiting);
  const page = db.prepare<[number, number, number], BatchRowRecord>(
    `${ROW} WHERE b.batch_id = ? AND b.position >= ? ORDER BY b.position LIMIT ?`,
  );
  const byAttempt = db.prepare<[string, number, number], BatchRowRecord>(
    `${ROW} WHERE b.request_key = ? AND b.number = ? AND b.batch_id = ?`,
  );
  return {
    batchable(runId: string, now: string, limit: number): BatchableRequest[] {
      const first = fresh.all({ runId, limit });
      const rest = first.length < limit ? waited.all({ runId, now, limit: limit - first.length }) : [];
      return [...first, ...rest].map(toBatchable);
    },
    *eachBatchable(runId: string): IterableIterator<BatchableRequest> {
      for (const record of every.iterate({ runId })) yield toBatchable(record);
    },
    nextBatchableAt: (runId: string): string | null =>
      hasFresh.get({ runId }) === undefined ? (nextWaiting.get({ runId })?.at ?? null) : '',
    rows: (id: number, from: number, limit: number): StoredBatchRow[] => page.all(id, from, limit).map(toRow),
    row(id: number, requestKey: string, number: number): StoredBatchRow | null {
      const row = byAttempt.get(requestKey, number, id);
      return row === undefined ? null : toRow(row);
    },
  };
}

function toBatchable(row: BatchableRecord): BatchableRequest {
  return { ...toDue(row), blobBytes: row.blob_bytes };
}

function toRow(row: BatchRowRecord): StoredBatchRow {
  const { position, number, worst_case_usd: worstCaseUsd } = row;
  return { ...toDue(row), position, number, worstCaseUsd };
}
