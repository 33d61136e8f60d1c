import { RetortError } from '@retort/schema';

/** How often a process that died is started again before the run gives up. */
export const MAX_RESTARTS = 5;

export class ProcessDiedError extends RetortError {
  readonly code = 'job-failed';
  constructor(what: string, lastWords: string) {
    super(
      `The ${what} ended ${MAX_RESTARTS + 1} times${lastWords === '' ? '' : `, last with: ${lastWords}`}. Run the same command again; what was stored is safe.`,
    );
  }
}
