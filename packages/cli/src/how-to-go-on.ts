import type { StopReason } from './coordinator/run-jobs.ts';

/** What to do after a stop at a limit, in a sentence. The same command with the same budget would stop at once. */
export function howToGoOn({ when, until }: StopReason, commandLine: string): string {
  if (when !== undefined) return `Go on ${when} with: ${commandLine}`;
  if (until !== null) return `Go on after ${until} with: ${commandLine}`;
  return `Go on with a higher --budget than this command has, or more credit: ${commandLine}`;
}
