/** States of a job, as Google spells them. */
export type BatchState =
  | 'BATCH_STATE_PENDING'
  | 'BATCH_STATE_RUNNING'
  | 'BATCH_STATE_SUCCEEDED'
  | 'BATCH_STATE_FAILED'
  | 'BATCH_STATE_CANCELLED'
  | 'BATCH_STATE_EXPIRED';

/** What is known of a job's course. Ms since 1970; null is not (yet). */
export interface BatchCourse {
  readonly createdAtMs: number;
  readonly cancelledAtMs: number | null;
  /** When all rows were answered. */
  readonly readyAtMs: number | null;
  /** The job fails as a whole instead of succeeding. */
  readonly fails: boolean;
}

export interface BatchTiming {
  /** From creation to running. */
  readonly batchWaitMs: number;
  /** Running, at least. */
  readonly batchRunMs: number;
  /** From creation: a job that isn't done by then expires, with no results. */
  readonly batchExpiryMs: number;
  /** From the wish to cancel to its fulfilment: a job that is done before that succeeds all the same. */
  readonly cancelMs: number;
}

export interface BatchProgress {
  readonly state: BatchState;
  /** When it ended; null while it hasn't. */
  readonly endedAtMs: number | null;
  /** Share of rows done, 0 to 1. */
  readonly share: number;
}

/** Where a job stands. Pure: no timer moves a job, only the time it is looked at. */
export function batchProgressAt(course: BatchCourse, timing: BatchTiming, nowMs: number): BatchProgress {
  const { createdAtMs, cancelledAtMs, readyAtMs, fails } = course;
  const startMs = createdAtMs + timing.batchWaitMs;
  const never = Number.POSITIVE_INFINITY;
  const ends = [
    {
      state: fails ? 'BATCH_STATE_FAILED' : 'BATCH_STATE_SUCCEEDED',
      atMs: readyAtMs === null ? never : Math.max(startMs + timing.batchRunMs, readyAtMs),
    },
    {
      state: 'BATCH_STATE_CANCELLED',
      atMs: cancelledAtMs === null ? never : cancelledAtMs + timing.cancelMs,
    },
    { state: 'BATCH_STATE_EXPIRED', atMs: createdAtMs + timing.batchExpiryMs },
  ] as const;
  // The sort is stable: of two ends at one moment the upper one counts.
  const [first] = ends.toSorted((one, other) => one.atMs - other.atMs);
  if (first !== undefined && first.atMs <= nowMs) {
    return {
      state: first.state,
      endedAtMs: first.atMs,
      share: first.state === 'BATCH_STATE_SUCCEEDED' ? 1 : 0,
    };
  }
  if (nowMs < startMs) return { state: 'BATCH_STATE_PENDING', endedAtMs: null, share: 0 };
  const share = timing.batchRunMs === 0 ? 0 : Math.min(1, (nowMs - startMs) / timing.batchRunMs);
  return { state: 'BATCH_STATE_RUNNING', endedAtMs: null, share };
}
