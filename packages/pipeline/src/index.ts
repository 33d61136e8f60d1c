export { advanceBatch } from './advance-batch.ts';
export { auditCorpus } from './audit/audit-corpus.ts';
export { auditFiles } from './audit/audit-files.ts';
export type { AuditProgress } from './audit/audit-progress.ts';
export type { FileFacts } from './audit/file-rows.ts';
export { fixCorpus } from './audit/fix-corpus.ts';
export { fixFile } from './audit/fix-file.ts';
export { readRatingsTable } from './audit/ratings-table.ts';
export type { RepairCounts } from './audit/repair-tally.ts';
export { type BatchDeps, createBatchDeps, createPlanBatchTeacher } from './batch-deps.ts';
export { batchRowKey } from './batch-rows.ts';
export { budgetReachedReason } from './budget-reached.ts';
export { buildRunCorpus, corpusInputKey } from './build-run-corpus.ts';
export { callEndOf } from './call-end.ts';
export { type CompareOptions, compareAnswers } from './compare/compare-answers.ts';
export { NothingToCompareError, type SideChoice } from './compare/pair-sides.ts';
export { type DatasetLine, type DatasetRows, ratedImages, readDatasetRows } from './dataset-rows.ts';
export { exportRunCorpus, trainingCommandOf } from './export-run.ts';
export {
  type ExportReport,
  type ExportRequest,
  exportStoredCorpus,
} from './export-stored-corpus.ts';
export { findCorpusKey } from './find-corpus-key.ts';
export { type FinetuneOptions, type FinetuneResult, finetuneRun } from './finetune-run.ts';
export { unfittableReason } from './fit-limits.ts';
export { type HomePaths, homePaths } from './home.ts';
export { importDataset, importedDataset, isImportDue, openDataset } from './import-dataset.ts';
export { isLimitOutcome } from './limit-outcome.ts';
export { loadCorpus } from './load-corpus.ts';
export type { PipelineDeps } from './pipeline-deps.ts';
export { type BatchLimits, type PlanBatchOptions, planBatch, takeBackBatches } from './plan-batch.ts';
export { planPrice } from './plan-price.ts';
export {
  aspectsOf,
  planRequests,
  type RequestSpec,
  requestSpec,
  requestsOf,
} from './plan-requests.ts';
export { prepareSample, rejectedSampleError, samplesToPrepare } from './prepare-samples.ts';
export { countPrepared, preparedSamples } from './prepared-samples.ts';
export { pushExport, readPublishable } from './push-export.ts';
export {
  type ReadingChange,
  type ReparseOptions,
  type ReparseReport,
  reparseAnswers,
} from './reparse-answers.ts';
export { type AppliedDecisions, applyDecisions } from './review/apply-decisions.ts';
export {
  decideReview,
  NothingToUndoError,
  type ReviewRequest,
  type ReviewResult,
} from './review/decide-review.ts';
export { type ListedRow, listReviews, type ReviewFilter } from './review/list-reviews.ts';
export { type DecisionLine, readDecisions, readJsonLines } from './review/read-decisions.ts';
export {
  findReviewRow,
  isReviewOutdated,
  type ReviewState,
  reviewRowId,
  reviewStateOf,
  standingText,
} from './review/review-row.ts';
export { findRunCorpus, loadRunCorpus } from './run-corpus.ts';
export { buildReportData, isReportDue, readReport, reportFiles, writeRunReport } from './run-report.ts';
export { encodeRun, fitRun, type ProgressListener, type ScorerRun } from './run-scorer.ts';
export { runSplits } from './run-splits.ts';
export {
  ensureScorerEnvironment,
  ensureScorerLibrary,
  type ScorerEnvironmentOptions,
  type ScorerLibrary,
  startScorer,
  TORCH_CPU_INDEX,
} from './scorer-environment.ts';
export { scorerCodeHash, scorerInputs } from './scorer-inputs.ts';
export { selectSamples } from './select-samples.ts';
export { describeQuote, noteSpendingTerms, type SpendingTerms, spendingTerms } from './spending-terms.ts';
export { checkSplit } from './split-run.ts';
export { buildTeachJob, type TeachJobOptions } from './teach-job.ts';
export { bookResult, lostAttempt, type TaughtAttempt, teachRequest } from './teach-request.ts';
export { checkPlanTeacher, createPlanTeacher, createTeachers } from './teachers.ts';
export {
  countRows,
  type HomeTokenCounter,
  openLooseTokenCounter,
  openTokenCounter,
  TOKEN_STUDENTS,
  type TokenCounterChoice,
} from './token-counts.ts';
export { type TriedSetting, type TuneResult, triedSettingSchema, tuneRun, tuningFolder } from './tune-run.ts';
export { keepTunedStages } from './tuned-stages.ts';
export { triesDescriptions } from './wants-descriptions.ts';
export { createPipelineDeps, type WorkerSettings, workerSettingsSchema } from './worker-settings.ts';
export { writeJsonLines } from './write-json-lines.ts';
