/** The code that Node, the file system or SQLite gave an error (`ENOENT`, `SQLITE_FULL` …); undefined where there is none. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
