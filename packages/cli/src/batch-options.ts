import type { BatchLimits } from '@retort/pipeline';
import { isBatchTeacherName, type TeacherName } from '@retort/teacher';
import { wholeNumber } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** Seconds until a batch is looked at for the second time; each time half as long again, up to twenty times as long. */
export const DEFAULT_POLL_SECONDS = 30;
export const DEFAULT_BATCH_ROWS = 5000;
/** Of the file of lines, in MB of 10^6 bytes; the service takes 2 GB. */
export const DEFAULT_BATCH_MB = 1000;
const MAX_BATCH_MB = 2000;
/** The service has at most a hundred at once, of everybody who uses the project. */
export const DEFAULT_BATCHES = 20;
const MAX_BATCHES = 100;

/** Flags of `distill` that are about batches. */
export interface BatchFlags {
  readonly pollSeconds?: string;
  /** False with --no-wait. */
  readonly wait?: boolean;
  readonly batchRows?: string;
  readonly batchMb?: string;
  readonly batches?: string;
}

export interface BatchOptions {
  readonly limits: BatchLimits;
  /** Batches under way at once. */
  readonly maxBatches: number;
  readonly pollMs: number;
  /** False: hand over, look once, and end. */
  readonly wait: boolean;
}

/** @throws UsageError for a flag without a teacher that answers in batches */
export function parseBatchOptions(flags: BatchFlags, teacher: TeacherName): BatchOptions {
  const given = [
    ['--poll-seconds', flags.pollSeconds],
    ['--no-wait', flags.wait === false ? '' : undefined],
    ['--batch-rows', flags.batchRows],
    ['--batch-mb', flags.batchMb],
    ['--batches', flags.batches],
  ].find(([, value]) => value !== undefined);
  if (given !== undefined && !isBatchTeacherName(teacher)) {
    throw new UsageError(`${given[0]} goes with --teacher gemini-batch, not with ${teacher}.`);
  }
  const maxMb = wholeNumber('--batch-mb', flags.batchMb ?? String(DEFAULT_BATCH_MB), 1, MAX_BATCH_MB);
  return {
    limits: {
      maxRows: wholeNumber('--batch-rows', flags.batchRows ?? String(DEFAULT_BATCH_ROWS), 1, 200_000),
      maxBytes: maxMb * 1e6,
    },
    maxBatches: wholeNumber('--batches', flags.batches ?? String(DEFAULT_BATCHES), 1, MAX_BATCHES),
    pollMs: 1000 * seconds('--poll-seconds', flags.pollSeconds ?? String(DEFAULT_POLL_SECONDS)),
    wait: flags.wait !== false,
  };
}

function seconds(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.1 && value <= 86_400) return value;
  throw new UsageError(`${flag} is a number of seconds from 0.1 to 86400, not "${text}".`);
}
