import { importDataset } from '@retort/pipeline';
import { type JobResult, runJobSchema } from '@retort/schema';
import { loadPlan } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Reads a run's dataset into the store. */
export const importProcessor =
  ({ deps }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    const { runId } = runJobSchema.parse(job.data);
    await importDataset(deps, loadPlan(deps, runId), (rows) => {
      void job.updateProgress({ done: rows, total: rows, unit: 'row', note: null });
    });
    return { kind: 'done' };
  };
