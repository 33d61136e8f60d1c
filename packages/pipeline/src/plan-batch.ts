import { canonicalJson, hashHex, type RunPlan, sha256 } from '@retort/schema';
import type { BatchableRequest, Store } from '@retort/store';
import { type PriceQuote, worstCaseCostUsd } from '@retort/teacher';
import { budgetReachedReason } from './budget-reached.ts';

/** How much goes into one batch. */
export interface BatchLimits {
  readonly maxRows: number;
  /** Of the file of lines. */
  readonly maxBytes: number;
}

export interface PlanBatchOptions {
  readonly store: Pick<Store, 'batches' | 'transaction'> & {
    readonly attempts: Pick<Store['attempts'], 'committed'>;
  };
  readonly runId: string;
  readonly plan: Pick<RunPlan, 'teacher' | 'model'>;
  /** At the price of batches; null when it isn't known. */
  readonly price: PriceQuote | null;
  /** What the run may have spent at its end, USD, worst case; null without a cap. */
  readonly budgetUsd: number | null;
  readonly limits: BatchLimits;
  readonly now: Date;
  /** True: rows that were asked before don't make a batch of their own unless they fill it, since others may join them. */
  readonly holdRetries: boolean;
}

export type PlannedBatchEnd =
  | { readonly kind: 'planned'; readonly id: number; readonly rows: number }
  /** Nothing may be asked now. */
  | { readonly kind: 'nothing' }
  /** What may be asked doesn't fit into the budget any more. */
  | { readonly kind: 'budget'; readonly reason: string };

/** Bytes of a line beside the image and the words: names of members, settings, the key. */
const LINE_OVERHEAD_BYTES = 512;

/**
 * Puts requests that may be asked now into a new batch: as many as its limits and the budget hold. Rows and their
 * worst cases are stored in one transaction, so money is set aside before anything leaves the machine.
 */
export function planBatch(options: PlanBatchOptions): PlannedBatchEnd {
  const { store, runId, limits, now, holdRetries } = options;
  return store.transaction(() => {
    const due = store.batches.batchable(runId, now.toISOString(), limits.maxRows);
    const fitting = fitBytes(due, limits.maxBytes);
    if (fitting.length === 0) return { kind: 'nothing' };
    const full = fitting.length === limits.maxRows || fitting.length < due.length;
    if (holdRetries && !full && fitting.every(({ nextNumber }) => nextNumber > 1)) return { kind: 'nothing' };
    return reserve(options, fitting);
  });
}

/** At least one: a line of its own is never too much for the service. */
function fitBytes(due: readonly BatchableRequest[], maxBytes: number): readonly BatchableRequest[] {
  let bytes = 0;
  const end = due.findIndex((request, index) => {
    bytes += lineBytes(request);
    return bytes > maxBytes && index > 0;
  });
  return end === -1 ? due : due.slice(0, end);
}

function lineBytes({ blobBytes, promptText }: BatchableRequest): number {
  return 4 * Math.ceil(blobBytes / 3) + Buffer.byteLength(JSON.stringify(promptText)) + LINE_OVERHEAD_BYTES;
}

function reserve(options: PlanBatchOptions, due: readonly BatchableRequest[]): PlannedBatchEnd {
  const { store, runId, plan, price, budgetUsd, now } = options;
  const { spentUsd, reservedUsd } = store.attempts.committed(runId);
  let committed = spentUsd + reservedUsd;
  const rows = [];
  let reason: string | null = null;
  for (const request of due) {
    const worstCaseUsd = worstCaseCostUsd({ ...request, model: plan.model, price });
    committed += worstCaseUsd ?? 0;
    if (budgetUsd !== null && committed > budgetUsd) {
      reason = budgetReachedReason({ budgetUsd, spentUsd, reservedUsd, nextUsd: worstCaseUsd ?? 0 });
      break;
    }
    rows.push({ requestKey: request.key, number: request.nextNumber, worstCaseUsd });
  }
  if (rows.length === 0 && reason !== null) return { kind: 'budget', reason };
  const plannedAt = now.toISOString();
  const { teacher, model } = plan;
  const displayName = `retort-${hashHex(sha256(canonicalJson({ runId, plannedAt, rows }))).slice(0, 32)}`;
  const id = store.batches.plan({ runId, teacher, model, displayName, plannedAt, price, rows });
  return { kind: 'planned', id, rows: rows.length };
}

/** Input files are kept for two days at Google; one that is nearly as old is uploaded again. */
const UPLOAD_KEPT_MS = 40 * 3600 * 1000;

/**
 * Takes back batches that were never started and that this start can't go on with: another run's, those whose file is
 * about to go, and, when the run has less budget than before, all of its own. Their rows are planned again.
 *
 * @returns how many were taken back
 */
export function takeBackBatches({ store, runId, plan, budgetUsd, now }: PlanBatchOptions): number {
  return store.transaction(() => {
    const { spentUsd, reservedUsd } = store.attempts.committed(runId);
    const overBudget = budgetUsd !== null && spentUsd + reservedUsd > budgetUsd;
    const unstarted = store.batches
      .open(plan.teacher)
      .filter(({ state }) => state === 'planned' || state === 'uploaded');
    const stale = unstarted.filter(
      (batch) =>
        batch.runId !== runId ||
        overBudget ||
        (batch.uploadedAt !== null && now.getTime() - Date.parse(batch.uploadedAt) > UPLOAD_KEPT_MS),
    );
    for (const { id } of stale) {
      store.batches.finish(id, 'failed', 'taken back before it was started', 'release', now.toISOString());
    }
    return stale.length;
  });
}
