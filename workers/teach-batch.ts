import { advanceBatch, type BatchDeps, createBatchDeps } from '@retort/pipeline';
import { batchJobSchema, type JobResult } from '@retort/schema';
import { loadPlan } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Takes one batch as far as it goes now. A worker that takes over a dead one's job finds in the store where that was. */
export const teachBatchProcessor = ({ deps, recorder, stopping }: WorkerContext) => {
  const made = new Map<string, Promise<BatchDeps>>();
  return async (job: StageJob): Promise<JobResult> => {
    const { runId, batchId } = batchJobSchema.parse(job.data);
    const known =
      made.get(runId) ?? createBatchDeps(deps, recorder, loadPlan(deps, runId), process.env, Math.random);
    made.set(runId, known);
    return advanceBatch(await known, { runId, batchId }, stopping);
  };
};
