import type { JobResult } from '@retort/schema';
import type { StoredBatch } from '@retort/store';
import { type BatchFailure, decideNext } from '@retort/teacher';
import type { BatchDeps } from './batch-deps.ts';
import { collectBatch, pollBatch } from './collect-batch.ts';
import { isLimitOutcome } from './limit-outcome.ts';
import { type BatchStep, createBatch, findBatch, uploadBatch } from './submit-batch.ts';

const DONE: JobResult = { kind: 'done' };
/** Ms without a word from the service about a running batch after which the run ends. */
const PATIENCE_MS = 2 * 3600 * 1000;
/** Calls that must fail in a row before that, so that a start after a long pause tries more than once. */
const MIN_FAILURES = 6;
/** A patient wait is as long as after this many failures: under a minute. */
const PATIENT_FAILURES = 4;

/**
 * Takes a batch as far as it goes now: uploaded, started, looked for, polled, collected. Where it is stands in the store after
 * every step, so it can be killed anywhere and called again.
 *
 * @param runId the run that asks: a batch of another one is collected, but never started for it
 * @throws what reading an image throws; every end of a call is a result
 */
export async function advanceBatch(
  deps: BatchDeps,
  { runId, batchId }: { readonly runId: string; readonly batchId: number },
  signal: AbortSignal,
): Promise<JobResult> {
  try {
    for (;;) {
      if (signal.aborted) return { kind: 'interrupted' };
      const batch = deps.store.batches.get(batchId);
      if (batch === null || batch.finishedAt !== null) return DONE;
      const step = await makeStep(deps, batch, runId, signal);
      if (step.kind === 'later') return DONE;
      if (step.kind === 'stop') return { ...step, until: null };
      if (step.kind === 'call-failed') return afterFailedCall(deps, batch, step.failure);
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) return { kind: 'interrupted' };
    throw error;
  }
}

async function makeStep(
  deps: BatchDeps,
  batch: StoredBatch,
  runId: string,
  signal: AbortSignal,
): Promise<BatchStep> {
  const { state, name, inputFile, outputFile } = batch;
  if ((state === 'planned' || state === 'uploaded') && batch.runId !== runId) {
    const at = deps.now().toISOString();
    deps.store.batches.finish(batch.id, 'failed', 'taken back before it was started', 'release', at);
    return { kind: 'later' };
  }
  if (state === 'planned') return uploadBatch(deps, batch, signal);
  if (state === 'uploaded' && inputFile !== null) return createBatch(deps, batch, inputFile);
  if (state === 'creating') return findBatch(deps, batch, signal);
  if (state === 'running' && name !== null) return pollBatch(deps, batch, name, signal);
  if (state === 'ended' && outputFile !== null) return collectBatch(deps, batch, outputFile, signal);
  throw new TypeError(`batch ${batch.id} is ${state} and lacks what that needs`);
}

/** The table of outcomes decides about calls as it does about rows: again later, or no more of this run. */
function afterFailedCall(deps: BatchDeps, batch: StoredBatch, failure: BatchFailure): JobResult {
  const { store } = deps;
  const now = deps.now();
  const { outcome, reason, retryAfterMs } = failure;
  const failures = isPatient(batch, now) ? Math.min(batch.failures, PATIENT_FAILURES) : batch.failures;
  const attemptsSoFar = Array.from({ length: failures }, () => ({ outcome }));
  const next = decideNext({ outcome, reason, attemptsSoFar, retryAfterMs, now, random: deps.random });
  if (next.kind === 'again') {
    store.batches.callFailed(batch.id, reason, new Date(now.getTime() + next.notBeforeMs).toISOString());
    return DONE;
  }
  const limit = isLimitOutcome(outcome);
  const state = store.batches.get(batch.id)?.state;
  if (
    !limit &&
    next.kind !== 'settled' &&
    isRefusal(failure) &&
    (state === 'planned' || state === 'uploaded')
  ) {
    // Nothing was started. What is wrong (key, model, limits) may be mended by the next start, which plans anew.
    store.batches.finish(batch.id, 'failed', reason, 'release', now.toISOString());
  } else {
    store.batches.callFailed(batch.id, reason, null);
  }
  const said = next.kind === 'settled' ? reason : next.reason;
  return {
    kind: 'stop',
    limit,
    reason: describeStop(batch, said, outcome),
    until: next.kind === 'stop-run' ? next.until : null,
  };
}

/** Its answers are paid for, so a network that is down for a while doesn't end the waiting for them. */
function isPatient({ name, polledAt, createdAt, plannedAt, failures }: StoredBatch, now: Date): boolean {
  const heardMs = now.getTime() - Date.parse(polledAt ?? createdAt ?? plannedAt);
  return name !== null && (failures < MIN_FAILURES || heardMs < PATIENCE_MS);
}

function isRefusal({ outcome }: BatchFailure): boolean {
  return outcome === 'denied' || outcome === 'no-such-model' || outcome === 'invalid';
}

function describeStop({ name, rows }: StoredBatch, reason: string, outcome: BatchFailure['outcome']): string {
  if (name === null) return `a batch of ${rows} rows can't be started: ${reason}`;
  const foreign = outcome === 'denied' || outcome === 'no-such-model' || outcome === 'invalid';
  const advice = foreign
    ? `; use the key that it was made with, or give its ${rows} rows up to be asked and paid again: distill batches --forget ${name}`
    : '';
  return `${name} can't be asked about: ${reason}${advice}`;
}
