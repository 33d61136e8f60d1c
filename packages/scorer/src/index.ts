export { BASELINE_NAMES, type BaselineName } from './baselines.ts';
export {
  type AspectMetrics,
  FIGURE_NAMES,
  FIT_FILES,
  type FitComparison,
  type FitConfig,
  type FitFigures,
  type FitFloor,
  type FitMetrics,
  type FitWords,
  fitEpochSchema,
  fitMetricsSchema,
  fitPredictionSchema,
  type ScorerPrediction,
  scorerPredictionSchema,
} from './fit-files.ts';
export { readImageEndings } from './image-formats.ts';
export { DEFAULT_PROFILE, type Profile, readProfiles } from './profiles.ts';
export { type ScorerCommand, type ScorerEvent, scorerEventSchema } from './protocol.ts';
export { connectScorer, type Scorer, ScorerCommandError, ScorerDiedError } from './scorer-process.ts';
export { readTunedStages, type TunedStages, TunedStagesUnreadableError } from './tuned-stages.ts';
