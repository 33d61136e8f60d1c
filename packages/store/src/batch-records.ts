import type { DueRequest } from './request-rows.ts';

export const OPEN_BATCH_STATES = ['planned', 'uploaded', 'creating', 'running', 'ended'] as const;
export type OpenBatchState = (typeof OPEN_BATCH_STATES)[number];
export type BatchEnd = 'collected' | 'expired' | 'cancelled' | 'failed';
export type BatchState = OpenBatchState | BatchEnd;

/** What a batch's tokens cost and who says so, noted when it was planned. */
export interface BatchPrice {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  readonly origin: string;
}

/** Requests that were handed over together. */
export interface StoredBatch {
  readonly id: number;
  readonly runId: string;
  readonly teacher: string;
  readonly model: string;
  readonly displayName: string;
  readonly state: BatchState;
  readonly rows: number;
  /** What its rows were reserved at; null when nobody knew. */
  readonly price: BatchPrice | null;
  readonly inputFile: string | null;
  /** The service's name for it; null until it is known. */
  readonly name: string | null;
  readonly outputFile: string | null;
  /** The service's word for where it is. */
  readonly jobState: string | null;
  readonly reason: string | null;
  /** Calls about it that failed in a row. */
  readonly failures: number;
  readonly plannedAt: string;
  readonly uploadedAt: string | null;
  /** When the service was last asked to start it. */
  readonly creatingAt: string | null;
  readonly createdAt: string | null;
  readonly polledAt: string | null;
  readonly notBeforeAt: string | null;
  readonly finishedAt: string | null;
}

/** A request that could go into a batch. */
export interface BatchableRequest extends DueRequest {
  /** Of the prepared image. */
  readonly blobBytes: number;
}

/** A row of a batch: the attempt that it is, and all that is needed to make it. */
export interface StoredBatchRow extends DueRequest {
  readonly position: number;
  /** The attempt's number, counted from 1. */
  readonly number: number;
  readonly worstCaseUsd: number | null;
}

export interface PlannedBatch {
  readonly runId: string;
  readonly teacher: string;
  readonly model: string;
  readonly displayName: string;
  readonly plannedAt: string;
  readonly price: BatchPrice | null;
  readonly rows: readonly {
    readonly requestKey: string;
    readonly number: number;
    /** Reserved with the row; null when the price isn't known. */
    readonly worstCaseUsd: number | null;
  }[];
}

/** Columns of `batches`, as SQLite gives them. */
export interface BatchRecord {
  id: number;
  run_id: string;
  teacher: string;
  model: string;
  display_name: string;
  state: BatchState;
  row_count: number;
  input_usd_per_million: number | null;
  output_usd_per_million: number | null;
  price_origin: string | null;
  input_file: string | null;
  name: string | null;
  output_file: string | null;
  job_state: string | null;
  reason: string | null;
  failures: number;
  planned_at: string;
  uploaded_at: string | null;
  creating_at: string | null;
  created_at: string | null;
  polled_at: string | null;
  not_before_at: string | null;
  finished_at: string | null;
}

export function toBatch(row: BatchRecord): StoredBatch {
  return {
    id: row.id,
    runId: row.run_id,
    teacher: row.teacher,
    model: row.model,
    displayName: row.display_name,
    state: row.state,
    rows: row.row_count,
    price: priceOf(row),
    inputFile: row.input_file,
    name: row.name,
    outputFile: row.output_file,
    jobState: row.job_state,
    reason: row.reason,
    failures: row.failures,
    plannedAt: row.planned_at,
    uploadedAt: row.uploaded_at,
    creatingAt: row.creating_at,
    createdAt: row.created_at,
    polledAt: row.polled_at,
    notBeforeAt: row.not_before_at,
    finishedAt: row.finished_at,
  };
}

function priceOf(row: BatchRecord): BatchPrice | null {
  const { input_usd_per_million: input, output_usd_per_million: output, price_origin: origin } = row;
  if (input === null || output === null || origin === null) return null;
  return { inputUsdPerMillion: input, outputUsdPerMillion: output, origin };
}
