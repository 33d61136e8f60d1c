import type { Aspect, Outcome, TeacherRequest, TeacherResult } from '@retort/schema';
import type { ParserName } from './parse-answer.ts';

/** One request of a batch. Its image is read when its line is written, and not kept. */
export interface BatchLine {
  /** Names the row in the results. */
  readonly key: string;
  readonly request: TeacherRequest;
  /** Bytes of the prepared image. */
  readImage(): Promise<Uint8Array>;
}

/** What a call about a batch came to: how it can fail is a value, as with a `Teacher`. */
export type BatchReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: BatchFailure };

export interface BatchFailure {
  readonly outcome: Outcome;
  readonly reason: string;
  /** Wait that the service asked for, in ms. */
  readonly retryAfterMs: number | null;
  /** True when the service may have done what it was asked, although it didn't say so. */
  readonly maybeDone: boolean;
}

export const BATCH_JOB_STATES = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
] as const;
export type BatchJobState = (typeof BATCH_JOB_STATES)[number];

/** A batch as the service describes it. */
export interface BatchJob {
  /** The service's name for it. */
  readonly name: string;
  readonly displayName: string | null;
  readonly state: BatchJobState;
  /** Where its results are; null while, or if, there are none. */
  readonly outputFile: string | null;
  /** Why it ended without results; null when it didn't. */
  readonly failure: BatchFailure | null;
}

/** One result, or last of all why there are no more. */
export type CollectedRow =
  | { readonly kind: 'row'; readonly key: string; readonly result: TeacherResult }
  | { readonly kind: 'broken'; readonly failure: BatchFailure };

export interface UploadOptions {
  /** Temporary file on this machine, written and removed here. */
  readonly path: string;
  readonly displayName: string;
  readonly signal: AbortSignal;
}

/** How a row's answer is read. */
export interface RowParser {
  readonly name: ParserName;
  /** What its request asked about. */
  readonly aspects: readonly Aspect[];
}

/**
 * Someone who is asked many things at once and answers hours later. Nothing is kept in memory that grows with the batch:
 * lines go through a file, results come as a stream. What was asked and answered is the caller's to remember.
 */
export interface BatchTeacher {
  /** Registry name. */
  readonly name: string;
  readonly model: string;
  /**
   * Sends the lines; nothing is paid for yet.
   *
   * @returns the service's name for the input file
   * @throws the signal's reason when it is aborted, whatever `readImage` throws, and what writing the file throws
   */
  upload(lines: AsyncIterable<BatchLine>, options: UploadOptions): Promise<BatchReply<string>>;
  /** Starts a batch on an uploaded file: from here on it is paid for. Not safe to repeat: see `find`. */
  create(inputFile: string, displayName: string): Promise<BatchReply<BatchJob>>;
  /** The batch of that display name; null when the service lists none. */
  find(displayName: string, signal: AbortSignal): Promise<BatchReply<BatchJob | null>>;
  poll(name: string, signal: AbortSignal): Promise<BatchReply<BatchJob>>;
  /**
   * The results in the service's order, each read by the parser of its row.
   *
   * @param parserOf null for a key that isn't one of ours: that row is left out
   */
  collect(
    outputFile: string,
    parserOf: (key: string) => RowParser | null,
    signal: AbortSignal,
  ): AsyncIterable<CollectedRow>;
  /** Asks for the end of a batch. It may still finish. */
  cancel(name: string, signal: AbortSignal): Promise<BatchReply<true>>;
  /** Removes a file that is no longer needed; a failure to do so is of no consequence. */
  discard(file: string, signal: AbortSignal): Promise<void>;
}
