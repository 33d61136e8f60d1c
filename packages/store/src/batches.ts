import type { Database } from 'better-sqlite3';
import {
  type BatchableRequest,
  type BatchEnd,
  type BatchRecord,
  type PlannedBatch,
  type StoredBatch,
  type StoredBatchRow,
  toBatch,
} from './batch-records.ts';
import { createBatchRequests } from './batch-requests.ts';

/** What is known of a batch that has a name. */
export interface BatchSighting {
  readonly name: string;
  readonly jobState: string;
}

/** Every change is one transaction of its own, unless the caller has begun one. */
export interface BatchTable {
  /**
   * Requests of a run that may be asked at `now` and are in no open batch: first those that wait for nothing, as they were
   * planned, then those that have waited, longest first.
   */
  batchable(runId: string, now: string, limit: number): BatchableRequest[];
  /** All of them, whenever they may be asked, one at a time; nothing else can be done with the store in between. */
  eachBatchable(runId: string): IterableIterator<BatchableRequest>;
  /** When the next of them may be asked: '' is now, null when there is none. */
  nextBatchableAt(runId: string): string | null;
  /** Stores a batch with its rows and reserves their money. Returns its id. */
  plan(batch: PlannedBatch): number;
  get(id: number): StoredBatch | null;
  find(name: string): StoredBatch | null;
  /** Batches whose end is still to come, of every run of the home, oldest first. */
  open(teacher: string): StoredBatch[];
  /** True when a row of the batch answers a request of the run. */
  serves(id: number, runId: string): boolean;
  /** Latest first. */
  list(limit: number): StoredBatch[];
  /** Batches that failed since the latest that didn't. */
  failedInARow(runId: string): number;
  rows(id: number, from: number, limit: number): StoredBatchRow[];
  row(id: number, requestKey: string, number: number): StoredBatchRow | null;
  uploaded(id: number, inputFile: string, at: string): void;
  /** Notes that the service is about to be asked to start it; false when somebody else did since `creatingAt`. */
  beginCreate(id: number, creatingAt: string | null, at: string): boolean;
  /** The service said that it didn't start it: it can be asked again. */
  notCreated(id: number): void;
  created(id: number, sighting: BatchSighting, at: string): void;
  polled(id: number, jobState: string, at: string): void;
  ended(id: number, outputFile: string, jobState: string, at: string): void;
  /** A call about it failed: nothing more before `notBeforeAt`, or, when that is null, before somebody starts anew. */
  callFailed(id: number, reason: string, notBeforeAt: string | null): void;
  /** Not before: without a failure. */
  putOff(id: number, notBeforeAt: string): void;
  /**
   * Ends a batch. Rows without an attempt are free again.
   *
   * @param money `release` gives back what was reserved for them; `keep` counts it as spent: they were perhaps paid for
   * @returns how many rows had no attempt
   */
  finish(id: number, end: BatchEnd, reason: string | null, money: 'release' | 'keep', at: string): number;
}

export function createBatchTable(db: Database): BatchTable {
  const insert = db.prepare(
    `INSERT INTO batches (run_id, teacher, model, display_name, state, row_count, planned_at,
       input_usd_per_million, output_usd_per_million, price_origin)
     VALUES (@runId, @teacher, @model, @displayName, 'planned', @rows, @plannedAt, @input, @output, @origin)`,
  );
  const insertRow = db.prepare(
    'INSERT INTO batch_rows (batch_id, position, request_key, number, worst_case_usd) VALUES (?, ?, ?, ?, ?)',
  );
  const reserve = db.prepare(
    'INSERT INTO reservations (run_id, request_key, number, usd) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const plan = db.transaction(({ rows, price, ...batch }: PlannedBatch): number => {
    const { runId } = batch;
    const { lastInsertRowid } = insert.run({
      ...batch,
      rows: rows.length,
      input: price?.inputUsdPerMillion ?? null,
      output: price?.outputUsdPerMillion ?? null,
      origin: price?.origin ?? null,
    });
    for (const [position, { requestKey, number, worstCaseUsd }] of rows.entries()) {
      insertRow.run(lastInsertRowid, position, requestKey, number, worstCaseUsd);
      if (worstCaseUsd !== null && worstCaseUsd > 0) reserve.run(runId, requestKey, number, worstCaseUsd);
    }
    return Number(lastInsertRowid);
  });
  const unanswered = `FROM batch_rows b WHERE b.batch_id = @id
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.request_key = b.request_key AND a.number = b.number)`;
  const countUnanswered = db.prepare<[{ id: number }], { n: number }>(`SELECT count(*) AS n ${unanswered}`);
  const release = db.prepare<[{ id: number }]>(
    `DELETE FROM reservations WHERE (request_key, number) IN (SELECT b.request_key, b.number ${unanswered})`,
  );
  const end = db.prepare<[{ id: number; end: BatchEnd; reason: string | null; at: string }]>(
    'UPDATE batches SET state = @end, reason = @reason, finished_at = @at, not_before_at = NULL WHERE id = @id AND finished_at IS NULL',
  );
  const finish: BatchTable['finish'] = db.transaction((id, state, reason, money, at) => {
    if (end.run({ id, end: state, reason, at }).changes === 0) return 0;
    const { n } = countUnanswered.get({ id }) ?? { n: 0 };
    if (money === 'release') release.run({ id });
    return n;
  });
  return { ...createLookups(db), ...createSteps(db), ...createBatchRequests(db), plan, finish };
}

function createLookups(db: Database) {
  const get = db.prepare<[number], BatchRecord>('SELECT * FROM batches WHERE id = ?');
  const find = db.prepare<[string], BatchRecord>('SELECT * FROM batches WHERE name = ?');
  const open = db.prepare<[string], BatchRecord>(
    'SELECT * FROM batches WHERE teacher = ? AND finished_at IS NULL ORDER BY id',
  );
  const list = db.prepare<[number], BatchRecord>('SELECT * FROM batches ORDER BY id DESC LIMIT ?');
  const serves = db.prepare(
    `SELECT 1 FROM batch_rows b JOIN sample_requests sr ON sr.request_key = b.request_key
     WHERE b.batch_id = ? AND sr.run_id = ? LIMIT 1`,
  );
  const failedInARow = db.prepare<[{ runId: string }], { n: number }>(
    `SELECT count(*) AS n FROM batches WHERE run_id = @runId AND state = 'failed' AND name IS NOT NULL AND id >
       (SELECT coalesce(max(id), 0) FROM batches WHERE run_id = @runId AND state IN ('collected', 'expired', 'cancelled'))`,
  );
  const orNull = (found: BatchRecord | undefined): StoredBatch | null =>
    found === undefined ? null : toBatch(found);
  return {
    get: (id: number) => orNull(get.get(id)),
    find: (name: string) => orNull(find.get(name)),
    open: (teacher: string) => open.all(teacher).map(toBatch),
    list: (limit: number) => list.all(limit).map(toBatch),
    serves: (id: number, runId: string) => serves.get(id, runId) !== undefined,
    failedInARow: (runId: string) => failedInARow.get({ runId })?.n ?? 0,
  };
}

/** A call that succeeded forgets what went wrong before. */
const FINE = 'failures = 0, reason = NULL, not_before_at = NULL';

function createSteps(db: Database) {
  const uploaded = db.prepare(
    `UPDATE batches SET state = 'uploaded', input_file = ?, uploaded_at = ?, ${FINE} WHERE id = ? AND state = 'planned'`,
  );
  const beginCreate = db.prepare<[{ id: number; before: string | null; at: string }]>(
    `UPDATE batches SET state = 'creating', creating_at = @at
     WHERE id = @id AND state IN ('uploaded', 'creating') AND creating_at IS @before`,
  );
  const notCreated = db.prepare("UPDATE batches SET state = 'uploaded' WHERE id = ? AND state = 'creating'");
  const created = db.prepare(
    `UPDATE batches SET state = 'running', name = ?, job_state = ?, created_at = ?, ${FINE}
     WHERE id = ? AND state = 'creating'`,
  );
  const polled = db.prepare(`UPDATE batches SET job_state = ?, polled_at = ?, ${FINE} WHERE id = ?`);
  const ended = db.prepare(
    `UPDATE batches SET state = 'ended', output_file = ?, job_state = ?, polled_at = ?, ${FINE}
     WHERE id = ? AND state = 'running'`,
  );
  const callFailed = db.prepare<[{ id: number; reason: string; notBeforeAt: string | null }]>(
    `UPDATE batches SET failures = CASE WHEN @notBeforeAt IS NULL THEN 0 ELSE failures + 1 END,
       reason = @reason, not_before_at = @notBeforeAt WHERE id = @id`,
  );
  const putOff = db.prepare('UPDATE batches SET not_before_at = ? WHERE id = ?');
  return {
    uploaded: (id: number, inputFile: string, at: string) => void uploaded.run(inputFile, at, id),
    beginCreate: (id: number, before: string | null, at: string) =>
      beginCreate.run({ id, before, at }).changes === 1,
    notCreated: (id: number) => void notCreated.run(id),
    created: (id: number, { name, jobState }: BatchSighting, at: string) =>
      void created.run(name, jobState, at, id),
    polled: (id: number, jobState: string, at: string) => void polled.run(jobState, at, id),
    ended: (id: number, outputFile: string, jobState: string, at: string) =>
      void ended.run(outputFile, jobState, at, id),
    callFailed: (id: number, reason: string, notBeforeAt: string | null) =>
      void callFailed.run({ id, reason, notBeforeAt }),
    putOff: (id: number, notBeforeAt: string) => void putOff.run(notBeforeAt, id),
  };
}
