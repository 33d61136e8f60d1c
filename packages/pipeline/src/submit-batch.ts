import { join } from 'node:path';
import { DiskFullError, isDiskFull, type StoredBatch } from '@retort/store';
import type { BatchFailure, BatchJob, BatchReply } from '@retort/teacher';
import type { BatchDeps } from './batch-deps.ts';
import { batchLines } from './batch-rows.ts';

/** What a step led to. */
export type BatchStep =
  /** The next step can be made at once. */
  | { readonly kind: 'next' }
  /** Nothing more can be done now. */
  | { readonly kind: 'later' }
  | { readonly kind: 'call-failed'; readonly failure: BatchFailure }
  /** The batch is over, and the run shouldn't go on by itself. */
  | {
      readonly kind: 'stop';
      readonly limit: boolean;
      readonly reason: string;
      /** When to go on, if that isn't a matter of money. */
      readonly when?: string;
    };

/**
 * How long a batch that was perhaps created may take to be listed, in ms. More than the call to create it may last, so that
 * two processes never create it side by side.
 */
export const LISTING_DELAY_MS = 45_000;

/** Sends the lines of a planned batch. Nothing is paid for: a kill in here costs an upload. */
export async function uploadBatch(
  deps: BatchDeps,
  batch: StoredBatch,
  signal: AbortSignal,
): Promise<BatchStep> {
  const { teacher, store, temporaryDir } = deps;
  const path = join(temporaryDir, `${batch.id}.jsonl`);
  const { displayName } = batch;
  const reply = await teacher
    .upload(batchLines(deps, batch), { path, displayName, signal })
    .catch((error: unknown) => {
      throw isDiskFull(error) ? new DiskFullError(temporaryDir, error) : error;
    });
  if (!reply.ok) return { kind: 'call-failed', failure: reply.failure };
  store.batches.uploaded(batch.id, reply.value, now(deps));
  return { kind: 'next' };
}

/** Starts an uploaded batch. That it is about to is stored before, so that after a kill it is looked for first. */
export async function createBatch(
  deps: BatchDeps,
  batch: StoredBatch,
  inputFile: string,
): Promise<BatchStep> {
  const { teacher, store } = deps;
  if (!store.batches.beginCreate(batch.id, batch.creatingAt, now(deps))) return { kind: 'later' };
  const reply = await teacher.create(inputFile, batch.displayName);
  if (!reply.ok && !reply.failure.maybeDone) store.batches.notCreated(batch.id);
  return noteCreated(deps, batch, reply);
}

/** Finds out what became of a batch whose creation was begun, and begins it again only when the service doesn't know it. */
export async function findBatch(
  deps: BatchDeps,
  batch: StoredBatch,
  signal: AbortSignal,
): Promise<BatchStep> {
  const { teacher, store } = deps;
  const reply = await teacher.find(batch.displayName, signal);
  if (!reply.ok) return { kind: 'call-failed', failure: reply.failure };
  if (reply.value !== null) return noteCreated(deps, batch, { ok: true, value: reply.value });
  const listedAt = Date.parse(batch.creatingAt ?? batch.plannedAt) + LISTING_DELAY_MS;
  if (deps.now().getTime() < listedAt) {
    store.batches.putOff(batch.id, new Date(listedAt).toISOString());
    return { kind: 'later' };
  }
  store.batches.notCreated(batch.id);
  return { kind: 'next' };
}

function noteCreated(
  { store, now: clock }: BatchDeps,
  { id }: StoredBatch,
  reply: BatchReply<BatchJob>,
): BatchStep {
  if (!reply.ok) return { kind: 'call-failed', failure: reply.failure };
  const { name, state } = reply.value;
  store.batches.created(id, { name, jobState: state }, clock().toISOString());
  return { kind: 'next' };
}

function now(deps: BatchDeps): string {
  return deps.now().toISOString();
}
