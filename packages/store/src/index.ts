export type { AnsweredRequest, Spending } from './attempts.ts';
export type {
  BatchableRequest,
  BatchEnd,
  BatchPrice,
  PlannedBatch,
  StoredBatch,
  StoredBatchRow,
} from './batch-records.ts';
export type { BatchSighting, BatchTable } from './batches.ts';
export type { RequestUsage, SideFilter, SideRow } from './comparison.ts';
export type { AnsweredSample, StoredConversation } from './conversations.ts';
export type { CorpusMembership, StoredCorpus } from './corpora.ts';
export type { DatasetRow } from './datasets.ts';
export { DiskFullError, HomeBusyError, HomeUnwritableError, isDiskFull } from './errors.ts';
export type { FailureGroup } from './failure-groups.ts';
export { type HomeLock, lockHome, runningCoordinator } from './home-lock.ts';
export { MigrationChangedError, StoreTooNewError } from './migrate.ts';
export { openStore, type Store, storeFile } from './open-store.ts';
export type { NewReading, StoredReading } from './readings.ts';
export type { RecordedAttempt, Settlement } from './record-attempt.ts';
export { type Recorder, type RecorderEntry, startRecorder } from './recorder.ts';
export type { DeadLetter, DueRequest, PlannedRequest, PromptVersion, RequestState } from './request-rows.ts';
export type {
  NewReview,
  PinnedReview,
  ReviewableRow,
  ReviewEntry,
  ReviewRowKey,
} from './reviews.ts';
export type { RunRow, RunStatus } from './runs.ts';
export type { FileStamp, ImageRow, PreparedSample, SampleRow, SampleStamp } from './samples.ts';
export type { BatchedFacts, RequestGroup, SpendingCell } from './spending.ts';
export type {
  EpochRow,
  MetricRow,
  PredictionRow,
  StoredPrediction,
  TrainingResult,
  TrainingRun,
} from './training.ts';
