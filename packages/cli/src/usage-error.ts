import { RetortError } from '@retort/schema';

/** A command line that can't be meant: one sentence, exit code 2. */
export class UsageError extends RetortError {
  readonly code = 'usage';
}
