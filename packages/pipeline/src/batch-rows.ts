import { hashHex, type TeachJob } from '@retort/schema';
import type { StoredBatch, StoredBatchRow } from '@retort/store';
import type { BatchLine } from '@retort/teacher';
import type { BatchDeps } from './batch-deps.ts';
import { buildTeachJob } from './teach-job.ts';

/** Rows read from the store at a time. */
const PAGE_ROWS = 100;

/** Names a row in a batch's file and in its results: the attempt that it is. */
export function batchRowKey(requestKey: string, number: number): string {
  return `${hashHex(requestKey)}-${number}`;
}

/** The attempt behind such a name; null when it isn't one of ours. */
export function attemptOfKey(key: string): { readonly requestKey: string; readonly number: number } | null {
  const [, hex, number] = /^([0-9a-f]{64})-([1-9]\d{0,8})$/.exec(key) ?? [];
  return hex === undefined ? null : { requestKey: `sha256:${hex}`, number: Number(number) };
}

/** A row as the teach job that it would be online. */
export function jobOfRow({ runId }: StoredBatch, row: StoredBatchRow): TeachJob {
  return buildTeachJob(row, { runId, number: row.number, worstCaseUsd: row.worstCaseUsd });
}

/** The lines of a batch, in its order; a page of rows and one image in memory at a time. */
export async function* batchLines(
  { store, blobs }: Pick<BatchDeps, 'store' | 'blobs'>,
  batch: StoredBatch,
): AsyncGenerator<BatchLine> {
  for (let from = 0; ; from += PAGE_ROWS) {
    const rows = store.batches.rows(batch.id, from, PAGE_ROWS);
    for (const row of rows) {
      const { request, number } = jobOfRow(batch, row);
      yield {
        key: batchRowKey(request.key, number),
        request,
        readImage: () => blobs.read(request.blobHash),
      };
    }
    if (rows.length < PAGE_ROWS) return;
  }
}
