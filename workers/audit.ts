import { buildRunCorpus, corpusInputKey } from '@retort/pipeline';
import { type JobResult, runJobSchema } from '@retort/schema';
import { loadRun } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Builds a run's corpus from its answers and audits it. */
export const auditProcessor =
  ({ deps }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    const run = loadRun(deps, runJobSchema.parse(job.data).runId);
    const inputKey = await corpusInputKey(deps, run.id, run.plan);
    const corpusKey = await buildRunCorpus(deps, run, (progress) => void job.updateProgress(progress));
    deps.store.runs.saveStageResult('audit', inputKey, { corpusKey });
    return { kind: 'done' };
  };
