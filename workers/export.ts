import { exportRunCorpus, loadRunCorpus } from '@retort/pipeline';
import { type JobResult, runJobSchema } from '@retort/schema';
import { loadRun } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Writes a run's corpus in every format. */
export const exportProcessor =
  ({ deps }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    const run = loadRun(deps, runJobSchema.parse(job.data).runId);
    await exportRunCorpus(deps, await loadRunCorpus(deps, run), run.plan);
    return { kind: 'done' };
  };
