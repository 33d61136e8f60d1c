import { createPlanBatchTeacher, type PipelineDeps } from '@retort/pipeline';
import { RetortError } from '@retort/schema';
import { lockHome, type StoredBatch } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

export interface BatchesFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly cancel?: string;
  readonly forget?: string;
}

export class BatchNotFoundError extends RetortError {
  readonly code = 'not-found';
  constructor(name: string) {
    super(`This home has no open batch "${name}": "distill batches" lists them.`);
  }
}

export class BatchCallError extends RetortError {
  readonly code = 'job-failed';
}

/** `distill batches`: lists them, asks Google to cancel one, or gives one up. */
export function batchesCommand(flags: BatchesFlags, terminal: Terminal): Promise<number> {
  if (flags.cancel !== undefined && flags.forget !== undefined) {
    throw new UsageError('--cancel and --forget are two things: give one of them.');
  }
  return withLatestRun(flags, terminal, async (deps) => {
    if (flags.cancel !== undefined) await cancel(deps, flags.cancel, terminal);
    else if (flags.forget !== undefined) forget(deps, flags.forget, terminal);
    const batches = deps.store.batches.list(Number.MAX_SAFE_INTEGER);
    const shown = batches.filter(({ finishedAt }) => flags.all === true || finishedAt === null);
    if (flags.json === true) terminal.print(JSON.stringify(shown.map(toRow)));
    else if (flags.cancel === undefined && flags.forget === undefined) {
      terminal.print(shown.length === 0 ? 'No batch is open.' : shown.map(describe).join('\n'));
    }
    return EXIT.ok;
  });
}

async function cancel({ store }: PipelineDeps, name: string, terminal: Terminal): Promise<void> {
  const batch = findOpen({ store }, name);
  const run = store.runs.get(batch.runId);
  if (run === null) throw new BatchNotFoundError(name);
  const teacher = await createPlanBatchTeacher(run.plan, terminal.env);
  const reply = await teacher.cancel(name, new AbortController().signal);
  if (!reply.ok) throw new BatchCallError(`${name} couldn't be cancelled: ${reply.failure.reason}`);
  terminal.say(
    `Google was asked to end ${name}. It may still finish: the next "pnpm distill" looks, and collects or frees it.`,
  );
}

/** Its reservations stay, and so count as spent: it was perhaps paid for. */
function forget({ store, home, now }: PipelineDeps, name: string, terminal: Terminal): void {
  const lock = lockHome(home.dir, process.pid);
  try {
    const { id } = findOpen({ store }, name);
    const rows = store.batches.finish(id, 'failed', 'given up with --forget', 'keep', now().toISOString());
    terminal.say(`${name} is given up. ${rows} rows are asked, and paid, again by the next "pnpm distill".`);
  } finally {
    lock.release();
  }
}

function findOpen({ store }: Pick<PipelineDeps, 'store'>, name: string): StoredBatch {
  const batch = store.batches.find(name);
  if (batch === null || batch.finishedAt !== null) throw new BatchNotFoundError(name);
  return batch;
}

function toRow(batch: StoredBatch) {
  return {
    name: batch.name,
    display_name: batch.displayName,
    run: batch.runId,
    model: batch.model,
    state: batch.state,
    job_state: batch.jobState,
    rows: batch.rows,
    planned_at: batch.plannedAt,
    created_at: batch.createdAt,
    polled_at: batch.polledAt,
    finished_at: batch.finishedAt,
    reason: batch.reason,
  };
}

function describe({
  name,
  displayName,
  state,
  jobState,
  rows,
  model,
  plannedAt,
  reason,
}: StoredBatch): string {
  const where = jobState === null || state !== 'running' ? state : `${state} (${jobState})`;
  const said = reason === null ? '' : `  ${reason}`;
  return `${name ?? displayName}  ${where}  ${rows} rows  ${model}  ${plannedAt}${said}`;
}
