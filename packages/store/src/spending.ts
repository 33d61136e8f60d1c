import type { Outcome } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import type { RequestState } from './request-rows.ts';

/** Sums over the attempts that are alike in all that a bill is split by. */
export interface SpendingCell {
  readonly teacher: string;
  /** Asked for, and the one that answered by its own account; null where no answer said. */
  readonly model: string;
  readonly modelVersion: string | null;
  /** An aspect, or `all` for a call that asks several. */
  readonly aspect: string;
  readonly outcome: Outcome;
  /** Where their requests stand now. */
  readonly state: RequestState;
  readonly attempts: number;
  /** USD of the attempts whose cost is known. */
  readonly knownUsd: number;
  /** Attempts whose cost isn't known: they are in no sum. */
  readonly unknownCost: number;
  /** Calls that broke off and may have been billed, and the worst case they are counted at, which is in `knownUsd`. */
  readonly maybeBilled: number;
  readonly maybeBilledUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
}

/** Requests of a run that stand alike. Pending ones cost the same at most but for the length of their prompts. */
export interface RequestGroup {
  readonly teacher: string;
  readonly model: string;
  readonly aspect: string;
  readonly state: RequestState;
  readonly requests: number;
  /** In a batch whose end is still to come: paid for, or will be. */
  readonly inBatch: boolean;
  /** Of pending requests; null of those that are settled. */
  readonly pending: PendingFacts | null;
}

export interface PendingFacts {
  readonly width: number;
  readonly height: number;
  readonly maxOutputTokens: number;
  /** Of all their prompts together. */
  readonly promptBytes: number;
}

export interface BatchedFacts {
  readonly batches: number;
  readonly rows: number;
  readonly usd: number;
}

/** Where a home's money went. `runId` null is every run: an attempt belongs to the run that made it. */
export interface SpendingTable {
  cells(runId: string | null): SpendingCell[];
  /** Money set aside: for calls in flight, and for those whose end was never recorded. Not that of open batches. */
  reserved(runId: string | null): { readonly usd: number; readonly calls: number };
  /** Rows without a result in batches whose end is still to come, and the money set aside for them. */
  inBatches(runId: string | null): BatchedFacts;
  requests(runId: string): RequestGroup[];
  /** Pictures that the run asks about. */
  images(runId: string): number;
}

interface RequestGroupRecord extends Omit<RequestGroup, 'pending' | 'inBatch'>, PendingFacts {
  inBatch: number;
}

const cellsSql = (where: string): string =>
  `SELECT r.teacher, r.model, a.model_version AS modelVersion, r.aspect, a.outcome, r.state,
     count(*) AS attempts,
     coalesce(sum(a.cost_usd), 0) AS knownUsd,
     sum(a.cost_usd IS NULL) AS unknownCost,
     sum(a.maybe_billed) AS maybeBilled,
     coalesce(sum(a.cost_usd) FILTER (WHERE a.maybe_billed = 1), 0) AS maybeBilledUsd,
     coalesce(sum(a.input_tokens), 0) AS inputTokens,
     coalesce(sum(a.output_tokens), 0) AS outputTokens,
     coalesce(sum(a.thinking_tokens), 0) AS thinkingTokens
   FROM attempts a CROSS JOIN requests r ON r.key = a.request_key ${where}
   GROUP BY r.teacher, r.model, a.model_version, r.aspect, a.outcome, r.state
   ORDER BY r.teacher, r.model, a.model_version, r.aspect, a.outcome, r.state`;

/** The statements by name; a test reads their query plans. */
export const SPENDING_SQL = {
  cellsOfRun: cellsSql('WHERE a.run_id = @runId'),
  cellsOfAll: cellsSql(''),
  // One pass for all that is asked of a run's requests; sizes tell only pending ones apart.
  requests: `SELECT r.teacher, r.model, r.aspect, r.state, coalesce(i.width, 0) AS width, coalesce(i.height, 0) AS height,
      iif(i.hash IS NULL, 0, r.max_output_tokens) AS maxOutputTokens, iif(r.state = 'pending', EXISTS (SELECT 1 FROM batch_rows b JOIN batches o ON o.id = b.batch_id
        WHERE b.request_key = r.key AND o.finished_at IS NULL), 0) AS inBatch,
      count(*) AS requests, sum(octet_length(r.prompt_text)) AS promptBytes
    FROM (SELECT DISTINCT request_key FROM sample_requests WHERE run_id = @runId) k
    CROSS JOIN requests r ON r.key = k.request_key
    LEFT JOIN images i ON i.hash = r.image_hash AND r.state = 'pending'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`,
  images: `SELECT count(DISTINCT s.image_hash) AS n
    FROM (SELECT DISTINCT sample_id FROM sample_requests WHERE run_id = @runId) k
    CROSS JOIN samples s ON s.id = k.sample_id`,
} as const;

export function createSpendingTable(db: Database): SpendingTable {
  const cellsOfRun = db.prepare<[{ runId: string }], SpendingCell>(SPENDING_SQL.cellsOfRun);
  const cellsOfAll = db.prepare<[], SpendingCell>(SPENDING_SQL.cellsOfAll);
  // Reservations are few: those in flight, and those of calls that were lost.
  const reserved = db.prepare<[{ runId: string | null }], { usd: number; calls: number }>(
    `SELECT coalesce(sum(usd), 0) AS usd, count(*) AS calls FROM reservations
     WHERE (@runId IS NULL OR run_id = @runId) AND NOT EXISTS (
       SELECT 1 FROM batch_rows b JOIN batches o ON o.id = b.batch_id
       WHERE b.request_key = reservations.request_key AND b.number = reservations.number AND o.finished_at IS NULL)`,
  );
  const inBatches = db.prepare<[{ runId: string | null }], BatchedFacts>(
    `SELECT count(DISTINCT o.id) AS batches, count(*) AS rows, coalesce(sum(v.usd), 0) AS usd
     FROM batches o JOIN batch_rows b ON b.batch_id = o.id
     LEFT JOIN reservations v ON v.request_key = b.request_key AND v.number = b.number
     WHERE o.finished_at IS NULL AND (@runId IS NULL OR o.run_id = @runId)
       AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.request_key = b.request_key AND a.number = b.number)`,
  );
  const requests = db.prepare<[{ runId: string }], RequestGroupRecord>(SPENDING_SQL.requests);
  const images = db.prepare<[{ runId: string }], { n: number }>(SPENDING_SQL.images);
  return {
    cells: (runId) => (runId === null ? cellsOfAll.all() : cellsOfRun.all({ runId })),
    reserved: (runId) => reserved.get({ runId }) ?? { usd: 0, calls: 0 },
    inBatches: (runId) => inBatches.get({ runId }) ?? { batches: 0, rows: 0, usd: 0 },
    requests: (runId) => requests.all({ runId }).map(toGroup),
    images: (runId) => images.get({ runId })?.n ?? 0,
  };
}

function toGroup({
  width,
  height,
  maxOutputTokens,
  promptBytes,
  inBatch,
  ...group
}: RequestGroupRecord): RequestGroup {
  const pending = group.state === 'pending' ? { width, height, maxOutputTokens, promptBytes } : null;
  return { ...group, inBatch: inBatch === 1, pending };
}
