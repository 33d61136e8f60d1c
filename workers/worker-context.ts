import type { PipelineDeps, ScorerEnvironmentOptions } from '@retort/pipeline';
import type { JobProgress, RunPlan } from '@retort/schema';
import type { DatasetRow, Recorder } from '@retort/store';

/** What the processors of one worker process share. */
export interface WorkerContext {
  readonly deps: PipelineDeps;
  readonly recorder: Recorder;
  readonly scorerEnvironment: Omit<ScorerEnvironmentOptions, 'onInstall'>;
  /** Aborted when the process is asked to stop: what is in flight ends, nothing new begins. */
  readonly stopping: AbortSignal;
}

/** The part of a BullMQ job that processors use. */
export interface StageJob {
  readonly data: unknown;
  /** How often a worker has begun it, this time included. */
  readonly attemptsStarted: number;
  /** For people: a job whose queue was wiped has nowhere to tell it, and that is no failure. */
  updateProgress(progress: JobProgress): Promise<void>;
  /** False when BullMQ gave the job to another worker, because this process slept. */
  holdsLock(): Promise<boolean>;
}

/** A run with its plan and imported dataset. */
export interface LoadedRun {
  readonly id: string;
  readonly plan: RunPlan;
  readonly dataset: DatasetRow;
}
