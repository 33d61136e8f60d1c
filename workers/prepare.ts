import { prepareSample } from '@retort/pipeline';
import { type JobResult, prepareJobSchema } from '@retort/schema';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Makes one image ready for the teacher. */
export const prepareProcessor =
  ({ deps, recorder }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    const { sampleId } = prepareJobSchema.parse(job.data);
    const prepared = await prepareSample(deps, sampleId);
    if (prepared !== null) await recorder.record({ kind: 'prepared', sampleId, prepared });
    return { kind: 'done' };
  };
