/** google.rpc.Code in order of its numbers, with the HTTP status that the same end of an online call has. */
const RPC_STATUSES: readonly (readonly [name: string, httpStatus: number])[] = [
  ['OK', 200],
  ['CANCELLED', 503], // 499 there: the row wasn't asked, so it can be
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

/** Name and HTTP status of a google.rpc code; anything unknown is as good as UNKNOWN. */
export function httpStatusOfRpc(code: number): { readonly status: string; readonly httpStatus: number } {
  const [status, httpStatus] = RPC_STATUSES[code] ?? ['UNKNOWN', 500];
  // A row that failed with OK is nonsense; it must not pass for an answer.
  return code === 0 ? { status: 'UNKNOWN', httpStatus: 500 } : { status, httpStatus };
}
