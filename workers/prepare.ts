import { prepareSample, rejectedSampleError } from '@retort/pipeline';
import { type JobResult, prepareJobSchema } from '@retort/schema';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** Makes one image ready for the teacher. */
export const prepareProcessor =
  ({ deps, recorder }: WorkerContext) =>
  async (job: StageJob): Promise<JobResult> => {
    const { sampleId, strict } = prepareJobSchema.parse(job.data);
    const prepared = await prepareSample(deps, sampleId);
    if (prepared === null) return { kind: 'done' };
    await recorder.record({ kind: 'prepared', sampleId, prepared });
    if (strict && prepared.kind === 'rejected') throw rejectedSampleError(deps, sampleId, prepared.reason);
    return { kind: 'done' };
  };
