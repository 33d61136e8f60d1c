import type { ErrorCode } from '@retort/schema';

/** How `distill` ends; documented in its help. */
export const EXIT = { ok: 0, failed: 1, usage: 2, limit: 3, interrupted: 130 } as const;

/** Errors that another command line mends: nothing was started. */
const USAGE_CODES: readonly ErrorCode[] = [
  'usage',
  'prompt-not-found',
  'split-unavailable',
  'recordings-missing-aspect',
  'teacher-key-missing',
  'budget-price-unknown',
];

/** Exit code for an error that ended the command. */
export function exitCodeFor(code: ErrorCode): number {
  return USAGE_CODES.includes(code) ? EXIT.usage : EXIT.failed;
}
