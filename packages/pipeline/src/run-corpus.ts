import { RetortError, type RunPlan } from '@retort/schema';
import { z } from 'zod';
import { corpusInputKey } from './build-run-corpus.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

const auditOutputSchema = z.strictObject({ corpusKey: z.string() });

export class RunCorpusMissingError extends RetortError {
  readonly code = 'not-found';
  constructor(runId: string) {
    super(`Run ${runId} has no corpus yet: run "distill" to go on.`);
  }
}

/** Key of the corpus that was built from a run's answers as they are now; null when it is still to be built. */
export async function findRunCorpus(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
): Promise<string | null> {
  const output = deps.store.runs.stageResult('audit', await corpusInputKey(deps, run.id, run.plan));
  return output === null ? null : auditOutputSchema.parse(output).corpusKey;
}

/** The same, where it must be there. @throws RunCorpusMissingError */
export async function loadRunCorpus(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan },
): Promise<string> {
  const key = await findRunCorpus(deps, run);
  if (key === null) throw new RunCorpusMissingError(run.id);
  return key;
}
