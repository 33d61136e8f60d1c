import type { CallLimits } from '@retort/queue';
import { wholeNumber } from './flag-values.ts';

/** Flags of what a teacher may be asked, as commander hands them over. */
export interface CallLimitFlags {
  readonly requestsPerMinute?: string;
  readonly inputTokensPerMinute?: string;
  readonly requestsPerDay?: string;
}

/** Limits as far as the user knows them; null where not. @throws UsageError */
export function parseCallLimits(flags: CallLimitFlags, concurrency: number): CallLimits {
  return {
    concurrency,
    requestsPerMinute: optionalLimit('--requests-per-minute', flags.requestsPerMinute),
    inputTokensPerMinute: optionalLimit('--input-tokens-per-minute', flags.inputTokensPerMinute),
    requestsPerDay: optionalLimit('--requests-per-day', flags.requestsPerDay),
  };
}

function optionalLimit(flag: string, text: string | undefined): number | null {
  return text === undefined ? null : wholeNumber(flag, text, 1);
}
