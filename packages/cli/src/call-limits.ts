import type { CallLimits } from '@retort/queue';
import { isBatchTeacherName, type TeacherName } from '@retort/teacher';
import { wholeNumber } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** Flags of what a teacher may be asked, as commander hands them over. */
export interface CallLimitFlags {
  readonly requestsPerMinute?: string;
  readonly inputTokensPerMinute?: string;
  readonly requestsPerDay?: string;
}

/** Limits as far as the user knows them; null where not. @throws UsageError also with a teacher that they say nothing to */
export function parseCallLimits(
  flags: CallLimitFlags,
  concurrency: number,
  teacher: TeacherName,
): CallLimits {
  const given = [
    ['--requests-per-minute', flags.requestsPerMinute],
    ['--input-tokens-per-minute', flags.inputTokensPerMinute],
    ['--requests-per-day', flags.requestsPerDay],
  ].find(([, value]) => value !== undefined);
  const why = whyNoLimits(teacher);
  if (given !== undefined && why !== null) {
    throw new UsageError(
      `${given[0]} goes with a teacher that is called online, not with ${teacher}: ${why}.`,
    );
  }
  return {
    concurrency,
    requestsPerMinute: optionalLimit('--requests-per-minute', flags.requestsPerMinute),
    inputTokensPerMinute: optionalLimit('--input-tokens-per-minute', flags.inputTokensPerMinute),
    requestsPerDay: optionalLimit('--requests-per-day', flags.requestsPerDay),
  };
}

function whyNoLimits(teacher: TeacherName): string | null {
  if (teacher === 'replay') return 'nobody is called';
  return isBatchTeacherName(teacher) ? 'the limits of calls leave batches out' : null;
}

function optionalLimit(flag: string, text: string | undefined): number | null {
  return text === undefined ? null : wholeNumber(flag, text, 1);
}
