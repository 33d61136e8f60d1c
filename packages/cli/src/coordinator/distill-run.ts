import { type PipelineDeps, planPrice } from '@retort/pipeline';
import { RetortError, type RunPlan, STAGES, type Stage } from '@retort/schema';
import { isBatchTeacherName, type PriceQuote } from '@retort/teacher';
import type { BatchOptions } from '../batch-options.ts';
import type { Meter } from '../terminal/meter.ts';
import { createBatchSource } from './batch-source.ts';
import type { Engine } from './engine.ts';
import type { JobSource, StageEnd, StopReason } from './run-jobs.ts';
import { describeStage, spendingNote } from './stage-notes.ts';
import { type ActiveRun, fitOutlook, type StagePlan, stagePlans } from './stage-plans.ts';
import { createTeachSource } from './teach-source.ts';

/** Jobs in the queue at once: four for each that is worked on, to keep workers busy, and never more than events are kept for. */
const WINDOW_PER_WORKER = 4;
const MAX_WINDOW = 1024;

export interface DistillRunOptions {
  readonly runId: string;
  readonly plan: RunPlan;
  readonly deps: PipelineDeps;
  readonly until: Stage;
  readonly concurrency: number;
  readonly budgetUsd: number | null;
  /** For a teacher that answers in batches. */
  readonly batch: BatchOptions;
  /** Starts queue server and worker: called when the first stage has something to do, and never otherwise. */
  readonly engine: () => Promise<Engine>;
  /** Asked once before a live teacher is, with what is still to be asked. */
  readonly confirmSpending: (run: ActiveRun) => Promise<boolean>;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

export type RunEnd =
  | { readonly kind: 'done'; readonly worked: boolean; readonly note: string | null }
  | { readonly kind: 'interrupted' }
  | ({ readonly kind: 'limit' } & StopReason);

/** A stage ended because something has to be mended; the message is the stage's own. */
export class StageFailedError extends RetortError {
  readonly code = 'job-failed';
  constructor(stage: Stage, message: string) {
    super(`${stage}: ${message}`);
  }
}

export const UNRATED_REASON =
  'The dataset has no ratings, so there is nothing to fit: the corpus holds two-turn conversations, and the run ends after export.';

/** A stage that still has work after it ended (its queue was wiped) is run again at most this often. */
const MAX_ROUNDS = 5;

/** Takes a run from where it is to `until`, stage by stage. What is done already is not done again. */
export async function distillRun(options: DistillRunOptions): Promise<RunEnd> {
  const { runId, plan, deps, until } = options;
  const run: ActiveRun = { id: runId, plan, deps };
  let worked = false;
  let note: string | null = null;
  for (const stage of STAGES.slice(0, STAGES.indexOf(until) + 1)) {
    if (stage === 'encode') {
      const { rated, reason } = await fitOutlook(run);
      if (!rated) return { kind: 'done', worked, note: UNRATED_REASON };
      note = reason;
    }
    if (note !== null && (stage === 'encode' || stage === 'fit')) continue;
    const end = await finishStage(options, run, stage);
    worked ||= end.worked;
    if (end.runEnd !== null) return end.runEnd;
  }
  return { kind: 'done', worked, note };
}

/** Runs a stage until the store says that nothing of it is left. */
async function finishStage(
  options: DistillRunOptions,
  run: ActiveRun,
  stage: Stage,
): Promise<{ readonly worked: boolean; readonly runEnd: RunEnd | null }> {
  const { meter, deps } = options;
  for (let round = 1; ; round += 1) {
    if (options.signal.aborted) return { worked: round > 1, runEnd: { kind: 'interrupted' } };
    const stagePlan = await stagePlans[stage](run);
    if (stagePlan.source === null) return { worked: round > 1, runEnd: null };
    if (round > MAX_ROUNDS)
      throw new StageFailedError(stage, `${MAX_ROUNDS} rounds left work undone: run it again.`);
    meter.start(stage);
    if (
      round === 1 &&
      stage === 'teach' &&
      run.plan.teacher !== 'replay' &&
      !(await options.confirmSpending(run))
    ) {
      meter.abandon();
      return { worked: true, runEnd: { kind: 'interrupted' } };
    }
    const startedAt = deps.now().getTime();
    const end = await runStage(options, run, stage, stagePlan);
    const seconds = (deps.now().getTime() - startedAt) / 1000;
    if (stage === 'teach' && end.kind === 'done') requireAnswers(run);
    if (end.kind === 'done') meter.finish(describeStage(run, stage, stagePlan, seconds));
    else meter.abandon();
    const runEnd = toRunEnd(stage, end);
    if (runEnd !== null) return { worked: true, runEnd };
  }
}

async function runStage(
  options: DistillRunOptions,
  run: ActiveRun,
  stage: Stage,
  stagePlan: StagePlan,
): Promise<StageEnd> {
  const { engine, concurrency, meter, signal } = options;
  const price = planPrice(run.deps, run.plan);
  const batches = stage === 'teach' && isBatchTeacherName(run.plan.teacher);
  const source = stage === 'teach' ? teachSource(options, run, price) : stagePlan.source;
  if (source === null) return { kind: 'done' };
  const { total, done, name } = stagePlan.units ?? { total: 1, done: 0, name: 'job' };
  // A batch is many units: its source tells how far it is.
  const counted = stagePlan.units !== null && !batches;
  const note = stage === 'teach' ? spendingNote(run, price) : () => null;
  return (await engine()).runStage(stage, {
    source,
    window: Math.min(concurrency * WINDOW_PER_WORKER, MAX_WINDOW),
    signal,
    onSettled: (settled) => {
      if (counted) meter.update({ done: Math.min(total, done + settled), total, unit: name, note: note() });
    },
    onProgress: (progress) => {
      if (progress.unit === 'wait') meter.log(`${stage.padEnd(8)} ${progress.note}`);
      else meter.update(progress);
    },
  });
}

function teachSource(
  { budgetUsd, batch, meter }: DistillRunOptions,
  { deps, id: runId, plan }: ActiveRun,
  price: PriceQuote | null,
): JobSource {
  if (!isBatchTeacherName(plan.teacher)) return createTeachSource({ deps, runId, plan, price, budgetUsd });
  let said = '';
  return createBatchSource({
    ...{ deps, runId, plan, price, budgetUsd, batch },
    announce: (line) => meter.log(`teach    ${line}`),
    onState: (note) => {
      const { pending, answered, 'dead-letter': dead } = deps.store.requests.counts(runId);
      const state = `${answered + dead} ${note}`;
      if (state !== said)
        meter.update({ done: answered + dead, total: answered + dead + pending, unit: 'request', note });
      said = state;
    },
  });
}

/** A service that answers nothing is no success. @throws StageFailedError */
function requireAnswers({ deps, id }: ActiveRun): void {
  const { answered, pending, 'dead-letter': dead } = deps.store.requests.counts(id);
  if (answered > 0 || pending > 0 || dead === 0) return;
  throw new StageFailedError(
    'teach',
    `no request was answered, ${dead} were given up: "distill failures --group" says why, "distill retry" takes them up again.`,
  );
}

function toRunEnd(stage: Stage, end: StageEnd): RunEnd | null {
  switch (end.kind) {
    case 'done':
      return null;
    case 'interrupted':
      return { kind: 'interrupted' };
    case 'failed':
      throw new StageFailedError(stage, end.message);
    case 'stop':
      if (!end.limit) throw new StageFailedError(stage, end.reason);
      return { kind: 'limit', limit: true, reason: end.reason, until: end.until, when: end.when };
  }
}
