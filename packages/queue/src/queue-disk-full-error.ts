import { RetortError } from '@retort/schema';

/** The queue server can't write its append-only file any more. */
export class QueueDiskFullError extends RetortError {
  readonly code = 'disk-full';
  constructor(cause: unknown) {
    super(
      'The disk that holds the queue is full: free some space and run the same command again; what was stored is safe.',
      { cause },
    );
  }
}

/** A full disk in the server's own error code (`MISCONF`, the first word of its reply) as an error of ours; any other as it is. */
export function explainQueueError(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith('MISCONF ')
    ? new QueueDiskFullError(error)
    : error;
}
