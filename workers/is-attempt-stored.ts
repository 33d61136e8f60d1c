import type { PipelineDeps } from '@retort/pipeline';
import type { TeachJob } from '@retort/schema';
import type { StageJob } from './worker-context.ts';

/** Whether a job's attempt is on disk. Only a job that was begun before can have it there already: no other one is looked up. */
export function isAttemptStored(
  { store }: Pick<PipelineDeps, 'store'>,
  job: Pick<StageJob, 'attemptsStarted'>,
  { request, number }: Pick<TeachJob, 'request' | 'number'>,
): boolean {
  return job.attemptsStarted > 1 && store.attempts.has(request.key, number);
}
