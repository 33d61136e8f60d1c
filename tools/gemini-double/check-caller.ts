import type { IncomingMessage } from 'node:http';
import type { Double } from './double.ts';
import { keyInvalid, permissionDenied, type Reply } from './google-errors.ts';

/** The key a call came with: of the header, else of the query. */
export function keyOf(request: IncomingMessage): string | null {
  const header = request.headers['x-goog-api-key'];
  if (typeof header === 'string' && header !== '') return header;
  const query = request.url?.split('?', 2)[1];
  return query === undefined ? null : new URLSearchParams(query).get('key') || null;
}

/** What a caller is refused with, or null when it may come in. */
export function checkCaller({ settings }: Double, request: IncomingMessage): Reply | null {
  const key = keyOf(request);
  if (key === null) return permissionDenied();
  return settings.keys === null || settings.keys.includes(key) ? null : keyInvalid();
}
