import { importedDataset, type PipelineDeps } from '@retort/pipeline';
import { RetortError, type RunPlan } from '@retort/schema';
import type { LoadedRun } from './worker-context.ts';

export class RunMissingError extends RetortError {
  readonly code = 'not-found';
  constructor(runId: string, what: string) {
    super(`Run ${runId} has no ${what} in this home: run "distill" again.`);
  }
}

/** The plan of a run. @throws RunMissingError */
export function loadPlan(deps: PipelineDeps, runId: string): RunPlan {
  const run = deps.store.runs.get(runId);
  if (run === null) throw new RunMissingError(runId, 'plan');
  return run.plan;
}

/** A run whose dataset was imported. @throws RunMissingError */
export function loadRun(deps: PipelineDeps, runId: string): LoadedRun {
  const plan = loadPlan(deps, runId);
  const dataset = importedDataset(deps, plan);
  if (dataset === null) throw new RunMissingError(runId, 'imported dataset');
  return { id: runId, plan, dataset };
}
