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

interface RatedRunChoice {
  readonly profile: string;
  /** Whether train rows bring the teacher's descriptions. */
  readonly described?: boolean;
}

/** A run as its scorer would be fitted, without the settings and tuned stages that are to be found. @throws NothingToTuneError */
export async function loadRatedRun(
  deps: PipelineDeps,
  { id, plan }: { readonly id: string; readonly plan: RunPlan },
  { profile, described = false }: RatedRunChoice,
): Promise<ScorerRun> {
  const dataset = importedDataset(deps, plan);
  const corpusKey = await loadRunCorpus(deps, { id, plan });
  if (dataset === null) throw new NothingToTuneError();
  const { scorerConfig: _config, refit: _refit, tunedStages: _stages, ...rest } = plan;
  const tuned: RunPlan = { ...rest, profile };
  const inputs = await scorerInputs(deps, { plan: tuned, dataset, corpusKey, described });
  if (inputs.aspects.length === 0) throw new NothingToTuneError();
  return { id, plan: tuned, dataset, corpusKey, inputs };
}
