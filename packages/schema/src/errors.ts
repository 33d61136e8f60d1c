/** Every `code` an error of ours can carry. It survives JSON, the queue and Python; branch on it, never on text. */
export const ERROR_CODES = [
  'usage',
  'dataset-unreadable',
  'dataset-column-missing',
  'dataset-row-rejected',
  'mos-out-of-scale',
  'image-unreadable',
  'blob-missing',
  'disk-full',
  'prompt-not-found',
  'prompt-invalid',
  'prompt-missing-variable',
  'recordings-unreadable',
  'recordings-missing-aspect',
  'teacher-key-missing',
  'teacher-run-stopped',
  'budget-price-unknown',
  'split-unavailable',
  'split-leaks',
  'corpus-empty',
  'corpus-row-invalid',
  'store-too-new',
  'store-migration-changed',
  'home-busy',
  'home-unwritable',
  'queue-server-missing',
  'queue-server-failed',
  'python-missing',
  'python-setup-failed',
  'scorer-died',
  'scorer-failed',
  'checkpoint-unreadable',
  'not-found',
  'job-failed',
  'hub-failed',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Base of every exception of ours. The message says what was expected, what came and what to do. */
export abstract class RetortError extends Error {
  abstract readonly code: ErrorCode;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** True for an exception that carries one of our codes, also when it crossed a package boundary. */
export function isRetortError(error: unknown): error is RetortError {
  return error instanceof RetortError;
}
