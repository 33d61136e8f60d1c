export {
  ASPECTS,
  type Aspect,
  aspectSchema,
  type Descriptions,
  REQUEST_ASPECTS,
  type RequestAspect,
  requestAspectSchema,
} from './aspect.ts';
export type { Attempt, QuotaHit, TeacherResult, TokenUsage } from './attempt.ts';
export { canonicalJson } from './canonical-json.ts';
export type { Conversation, CorpusRow, Turn, TurnRole } from './conversation.ts';
export { errorCodeOf } from './error-code-of.ts';
export { ERROR_CODES, type ErrorCode, isRetortError, RetortError } from './errors.ts';
export { FINGERPRINT } from './fingerprint.ts';
export { type ContentHash, hashHex, hashLines, sha256, shortHex } from './hash.ts';
export {
  batchJobSchema,
  type JobProgress,
  type JobResult,
  jobProgressSchema,
  jobResultSchema,
  prepareJobSchema,
  runJobSchema,
  type TeachJob,
  teachJobSchema,
} from './jobs.ts';
export { OUTCOMES, type Outcome, outcomeSchema } from './outcome.ts';
export { quoteForShell } from './quote-for-shell.ts';
export {
  aspectsAsked,
  type GenerationSettings,
  generationSettingsSchema,
  REQUEST_KEY_VERSION,
  type RequestContent,
  requestKey,
  type TeacherRequest,
  teacherRequestSchema,
} from './request.ts';
export { descriptionsSchema, type ResponseSchema, responseSchemaSchema } from './response-schema.ts';
export { REVIEW_DECISIONS, type ReviewCounts, type ReviewDecision, type ReviewMark } from './review.ts';
export {
  COMBINED_OUTPUTS,
  type CombinedOutput,
  PROMPT_FORMS,
  type PromptForm,
  type RunPlan,
  runIdOf,
  runPlanSchema,
} from './run-plan.ts';
export type { DatasetDescription, ImportedRow, ImportedSample, Rating, RejectedRow } from './sample.ts';
export { SPLIT_RULES, SPLITS, type Split, type SplitBy, splitBySchema, splitSchema } from './split.ts';
export { STAGES, type Stage } from './stage.ts';
export type { TeacherFacts } from './teacher-facts.ts';
export {
  FIVE_POINT_SCALE,
  type MosScale,
  toFivePointScale,
  WORD_BINNING,
  WORD_LABELS,
  type WordLabel,
  wordLabelOf,
} from './word-label.ts';
