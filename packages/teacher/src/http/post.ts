import { request } from 'undici';
import type { OpenResponse } from './capture-response.ts';
import type { ResponseHeaders } from './teacher-response.ts';

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly signal: AbortSignal;
}

/**
 * Posts without fetch's layers of streams, which cost more CPU than everything else about a call. Follows no redirect: that
 * could carry the key to another host. Asks for no compression. The signal is the only deadline.
 */
export async function post(url: string, { headers, body, signal }: Post): Promise<OpenResponse> {
  const response = await request(url, {
    method: 'POST',
    headers,
    body,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { status: response.statusCode, headers: readHeaders(response.headers), body: response.body };
}

function readHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): ResponseHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
  };
}
