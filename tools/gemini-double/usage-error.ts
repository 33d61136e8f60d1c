/** Something the user asked for that can't be: one line on stderr, exit code 2. */
export class DoubleUsageError extends Error {
  override readonly name = 'DoubleUsageError';
}
