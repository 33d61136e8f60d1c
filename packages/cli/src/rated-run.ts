import {
  importedDataset,
  loadRunCorpus,
  type PipelineDeps,
  type ScorerRun,
  scorerInputs,
} from '@retort/pipeline';
import { RetortError, type RunPlan } from '@retort/schema';
import { UNRATED_REASON } from './coordinator/distill-run.ts';

export class NothingToTuneError extends RetortError {
  readonly code = 'not-found';
  constructor() {
    super(UNRATED_REASON);
  }
}

/** A run as its scorer would be fitted, without the settings and tuned stages that are to be found. @throws NothingToTuneError */
export async function loadRatedRun(
  deps: PipelineDeps,
  id: string,
  plan: RunPlan,
  profile: string,
): Promise<ScorerRun> {
  const dataset = importedDataset(deps, plan);
  const corpusKey = await loadRunCorpus(deps, { id, plan });
  if (dataset === null) throw new NothingToTuneError();
  const { scorerConfig: _config, refit: _refit, tunedStages: _stages, ...rest } = plan;
  const tuned: RunPlan = { ...rest, profile };
  const inputs = await scorerInputs(deps, { plan: tuned, dataset, corpusKey });
  if (inputs.aspects.length === 0) throw new NothingToTuneError();
  return { id, plan: tuned, dataset, corpusKey, inputs };
}
