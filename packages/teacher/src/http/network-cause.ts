import { errorCodeOf } from '@retort/schema';

/** Codes of errors after which the service can't have seen the request. */
const NEVER_SENT: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
];

export interface NetworkCause {
  /** Code and message of the innermost error. */
  readonly text: string;
  /** False when the request can't have been received. */
  readonly sent: boolean;
}

/** What is behind fetch's "fetch failed": it hides the cause one or more levels down. */
export function networkCauseOf(error: unknown): NetworkCause {
  const innermost = innermostOf(error);
  const code = errorCodeOf(innermost);
  const message = innermost instanceof Error ? innermost.message : String(innermost);
  return { text: [code, message].filter(Boolean).join(': '), sent: !NEVER_SENT.includes(code ?? '') };
}

function innermostOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // A host with several addresses fails with one error for each; the last is as good as any.
  if (error instanceof AggregateError && error.errors.length > 0) return innermostOf(error.errors.at(-1));
  return error.cause instanceof Error ? innermostOf(error.cause) : error;
}
