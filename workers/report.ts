import { writeRunReport } from '@retort/pipeline';
import { type JobResult, runJobSchema } from '@retort/schema';
import { loadRun } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Writes a run's report. */
export const reportProcessor =
  ({ deps }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    await writeRunReport(deps, loadRun(deps, runJobSchema.parse(job.data).runId));
    return { kind: 'done' };
  };
