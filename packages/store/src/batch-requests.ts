import type { Database } from 'better-sqlite3';
import type { BatchableRequest, StoredBatchRow } from './batch-records.ts';
import { type DueRecord, toDue } from './due-requests.ts';

interface BatchableRecord extends DueRecord {
  blob_bytes: number;
}

interface BatchRowRecord extends DueRecord {
  position: number;
  number: number;
  worst_case_usd: number | null;
}

/** Pending, and in no batch whose end is still to come: such a row is paid for, or will be. */
const FREE = `r.state = 'pending'
  AND EXISTS (SELECT 1 FROM sample_requests sr WHERE sr.request_key = r.key AND sr.run_id = @runId)
  AND NOT EXISTS (SELECT 1 FROM batch_rows b JOIN batches o ON o.id = b.batch_id
    WHERE b.request_key = r.key AND o.finished_at IS NULL)`;

/** A row with its attempt's number; `next_number` is of no meaning here. */
const ROW = `SELECT b.position, b.number, b.worst_case_usd, r.*, i.blob_hash, i.media_type, i.width, i.height, b.number AS next_number
  FROM batch_rows b JOIN requests r ON r.key = b.request_key JOIN images i ON i.hash = r.image_hash`;

/** What goes into batches, and what is in them. */
export function createBatchRequests(db: Database) {
  const batchable = db.prepare<[{ runId: string; now: string; limit: number }], BatchableRecord>(
    `SELECT r.*, r.rowid AS position, i.blob_hash, i.media_type, i.width, i.height, i.blob_bytes,
       1 + max(
         (SELECT coalesce(max(a.number), 0) FROM attempts a WHERE a.request_key = r.key),
         (SELECT coalesce(max(v.number), 0) FROM reservations v WHERE v.request_key = r.key),
         (SELECT coalesce(max(b.number), 0) FROM batch_rows b WHERE b.request_key = r.key)
       ) AS next_number
     FROM requests r JOIN images i ON i.hash = r.image_hash
     WHERE ${FREE} AND (r.not_before_at IS NULL OR r.not_before_at <= @now)
     ORDER BY r.not_before_at, r.key LIMIT @limit`,
  );
  const nextBatchable = db.prepare<[{ runId: string }], { at: string | null }>(
    `SELECT min(coalesce(r.not_before_at, '')) AS at FROM requests r WHERE ${FREE}`,
  );
  const page = db.prepare<[number, number, number], BatchRowRecord>(
    `${ROW} WHERE b.batch_id = ? AND b.position >= ? ORDER BY b.position LIMIT ?`,
  );
  const byAttempt = db.prepare<[string, number, number], BatchRowRecord>(
    `${ROW} WHERE b.request_key = ? AND b.number = ? AND b.batch_id = ?`,
  );
  return {
    batchable: (runId: string, now: string, limit: number): BatchableRequest[] =>
      batchable.all({ runId, now, limit }).map((row) => ({ ...toDue(row), blobBytes: row.blob_bytes })),
    nextBatchableAt: (runId: string): string | null => nextBatchable.get({ runId })?.at ?? null,
    rows: (id: number, from: number, limit: number): StoredBatchRow[] => page.all(id, from, limit).map(toRow),
    row(id: number, requestKey: string, number: number): StoredBatchRow | null {
      const row = byAttempt.get(requestKey, number, id);
      return row === undefined ? null : toRow(row);
    },
  };
}

function toRow(row: BatchRowRecord): StoredBatchRow {
  const { position, number, worst_case_usd: worstCaseUsd } = row;
  return { ...toDue(row), position, number, worstCaseUsd };
}
