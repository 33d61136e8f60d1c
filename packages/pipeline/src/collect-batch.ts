import { aspectsAsked, type TeacherResult } from '@retort/schema';
import type { StoredBatch } from '@retort/store';
import type { BatchJob } from '@retort/teacher';
import type { BatchDeps } from './batch-deps.ts';
import { attemptOfKey, batchRowKey, jobOfRow } from './batch-rows.ts';
import { isLimitOutcome } from './limit-outcome.ts';
import { NOTHING_HEARD } from './nothing-heard.ts';
import type { BatchStep } from './submit-batch.ts';
import { bookResult } from './teach-request.ts';

/** Attempts handed to the recorder before they are waited for: they share commits. */
const RECORDED_AT_ONCE = 256;
/** Rows looked at in a transaction-free pass over those that have no result. */
const PAGE_ROWS = 500;
/** Batches that may fail in a row before a person should look. */
const MAX_FAILED_IN_A_ROW = 3;

/** Looks where a batch is, and takes note of its end. */
export async function pollBatch(
  deps: BatchDeps,
  batch: StoredBatch,
  name: string,
  signal: AbortSignal,
): Promise<BatchStep> {
  const { teacher, store } = deps;
  const reply = await teacher.poll(name, signal);
  if (!reply.ok) return { kind: 'call-failed', failure: reply.failure };
  const job = reply.value;
  const at = deps.now().toISOString();
  if (job.state === 'pending' || job.state === 'running') {
    store.batches.polled(batch.id, job.state, at);
    return { kind: 'later' };
  }
  // Whatever its state is called: where there are results, they were paid for.
  if (job.outputFile !== null) {
    store.batches.ended(batch.id, job.outputFile, job.state, at);
    return { kind: 'next' };
  }
  store.batches.polled(batch.id, job.state, at);
  return endWithoutResults(deps, batch, job);
}

/**
 * Rows of expired and failed batches are as if they had never been asked: nothing came of them, and nothing is billed. Nobody
 * says so of a cancelled one, part of which may have been answered: its worst case stays counted.
 */
function endWithoutResults({ store, now }: BatchDeps, batch: StoredBatch, job: BatchJob): BatchStep {
  const at = now().toISOString();
  const why = job.failure?.reason ?? null;
  if (job.state === 'expired') {
    store.batches.finish(batch.id, 'expired', why, 'release', at);
    return { kind: 'later' };
  }
  if (job.state === 'cancelled') {
    const rows = store.batches.finish(batch.id, 'cancelled', why, 'keep', at);
    const reason = `${job.name} was cancelled; its ${rows} rows have no results, and what they may have cost stays counted`;
    return { kind: 'stop', limit: true, reason, when: 'when they should be asked again' };
  }
  if (job.state === 'succeeded') {
    const rows = store.batches.finish(batch.id, 'failed', 'it succeeded without results', 'keep', at);
    const reason = `${job.name} succeeded, but names no file of results; its ${rows} rows were perhaps paid for`;
    return { kind: 'stop', limit: false, reason };
  }
  const rows = store.batches.finish(batch.id, 'failed', why ?? 'it ended without results', 'release', at);
  const mayPass = ['unavailable', 'network', 'rate-limited'].includes(job.failure?.outcome ?? 'unavailable');
  if (mayPass && store.batches.failedInARow(batch.runId) < MAX_FAILED_IN_A_ROW) return { kind: 'later' };
  const said = why === null ? '' : ` (${why})`;
  const reason = `${job.name} failed as a whole${said}; its ${rows} rows wait to be asked again`;
  return { kind: 'stop', limit: false, reason };
}

/**
 * Reads the results of a batch into attempts. Reading them again stores nothing twice: each row has its attempt's number
 * since the batch was planned.
 */
export async function collectBatch(
  deps: BatchDeps,
  batch: StoredBatch,
  outputFile: string,
  signal: AbortSignal,
): Promise<BatchStep> {
  const recording = createRecording(deps);
  let stopped: BatchStep | null = null;
  const parserOf = (key: string) => {
    const row = findRow(deps, batch, key);
    return row === null ? null : { name: deps.prompts.get(row.promptId).output, aspects: aspectsAsked(row) };
  };
  for await (const collected of deps.teacher.collect(outputFile, parserOf, signal)) {
    if (collected.kind === 'broken') {
      await recording.settle();
      return { kind: 'call-failed', failure: collected.failure };
    }
    stopped = (await bookRow(deps, batch, collected.key, collected.result, recording)) ?? stopped;
    if (signal.aborted) {
      await recording.settle();
      signal.throwIfAborted();
    }
  }
  if (batch.jobState === 'succeeded') await bookMissing(deps, batch, recording);
  await recording.settle();
  deps.store.batches.finish(batch.id, 'collected', null, 'release', deps.now().toISOString());
  if (batch.inputFile !== null) await deps.teacher.discard(batch.inputFile, signal);
  return stopped ?? { kind: 'later' };
}

function findRow({ store }: BatchDeps, batch: StoredBatch, key: string) {
  const attempt = attemptOfKey(key);
  return attempt === null ? null : store.batches.row(batch.id, attempt.requestKey, attempt.number);
}

/** Stores one row's attempt, unless it is stored. @returns why the run should stop, if it should */
async function bookRow(
  deps: BatchDeps,
  batch: StoredBatch,
  key: string,
  result: TeacherResult,
  recording: Recording,
): Promise<BatchStep | null> {
  const row = findRow(deps, batch, key);
  if (row === null || deps.store.attempts.has(row.key, row.number)) return null;
  const times = { startedAt: new Date(batch.createdAt ?? batch.plannedAt), finishedAt: deps.now() };
  // What was reserved for; today's only where nobody knew a price then.
  const price = batch.price ?? deps.priceOf(batch.model);
  const { entry, next } = bookResult(jobOfRow(batch, row), { ...deps, price }, result, times);
  await recording.add({ kind: 'attempt', entry });
  if (next.kind !== 'stop-run') return null;
  return { kind: 'stop', limit: isLimitOutcome(entry.attempt.outcome), reason: next.reason };
}

/** A batch that succeeded says something about every row; one that it left out can be asked again. */
async function bookMissing(deps: BatchDeps, batch: StoredBatch, recording: Recording): Promise<void> {
  await recording.settle();
  const result: TeacherResult = {
    outcome: 'unavailable',
    reason: 'the results of the batch leave this row out',
    ...NOTHING_HEARD,
    maybeBilled: false,
  };
  for (let from = 0; from < batch.rows; from += PAGE_ROWS) {
    for (const { key, number } of deps.store.batches.rows(batch.id, from, PAGE_ROWS)) {
      await bookRow(deps, batch, batchRowKey(key, number), result, recording);
    }
  }
}

interface Recording {
  add(entry: Parameters<BatchDeps['recorder']['record']>[0]): Promise<void>;
  /** Waits until all that was added is on disk. */
  settle(): Promise<void>;
}

/** Hands entries over many at a time: one by one each would wait for a sync of its own. */
function createRecording({ recorder }: Pick<BatchDeps, 'recorder'>): Recording {
  let pending: Promise<void>[] = [];
  const settle = async (): Promise<void> => {
    const waiting = pending;
    pending = [];
    await Promise.all(waiting);
  };
  return {
    settle,
    async add(entry) {
      pending.push(recorder.record(entry));
      if (pending.length >= RECORDED_AT_ONCE) await settle();
    },
  };
}
