import { type Dispatcher, getGlobalDispatcher } from 'undici';
import { networkCauseOf } from './network-cause.ts';
import { BODY_TOO_LONG, createResponseBody } from './response-body.ts';
import type { ResponseHeaders, TeacherResponse } from './teacher-response.ts';

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent one after the other and never put together: copies of images keep the garbage collector busy. */
  readonly body: readonly Uint8Array[];
  readonly signal: AbortSignal;
}

/**
 * Posts and reads all of the answer; what breaks on the way is a value. Without fetch and its layers of streams, which cost more
 * CPU than everything else about a call. Follows no redirect: that could carry the key to another host. Asks for no compression.
 * The signal is the only deadline.
 */
export function post(url: string, request: Post): Promise<TeacherResponse> {
  const { origin, pathname, search } = new URL(url);
  const bytes = request.body.reduce((sum, piece) => sum + piece.byteLength, 0);
  const options = {
    origin,
    path: `${pathname}${search}`,
    method: 'POST',
    headers: { ...request.headers, 'content-length': String(bytes) },
    // Any iterable of bytes will do (undici 8.12, lib/core/util.js, isIterable); the types don't say so.
    body: request.body as unknown as Uint8Array,
    headersTimeout: 0,
    bodyTimeout: 0,
  } as const;
  return new Promise((resolve) => {
    getGlobalDispatcher().dispatch(options, createHandler(request.signal, resolve));
  });
}

/** Hears of a call's way until it is over, once. */
function createHandler(
  signal: AbortSignal,
  resolve: (response: TeacherResponse) => void,
): Dispatcher.DispatchHandler {
  const body = createResponseBody();
  let status: number | null = null;
  let headers: Headers = {};
  let abort: (() => void) | null = null;
  const end = (response: TeacherResponse): void => {
    if (abort !== null) signal.removeEventListener('abort', abort);
    resolve(response);
  };
  return {
    onRequestStart(controller) {
      abort = () => controller.abort(toError(signal.reason));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    },
    onResponseStart(_controller, statusCode, responseHeaders) {
      status = statusCode;
      headers = responseHeaders;
    },
    onResponseData(controller, chunk) {
      if (body.add(chunk)) return;
      end({ kind: 'broken', status, cause: BODY_TOO_LONG, sent: true, partialBody: body.text() });
      controller.abort(new Error(BODY_TOO_LONG));
    },
    onResponseEnd() {
      // undici tells the status before the end.
      if (status !== null)
        end({ kind: 'received', status, headers: readHeaders(headers), body: body.text() });
    },
    onResponseError(_controller, error) {
      const { text, sent } = networkCauseOf(error);
      const partialBody = body.isEmpty ? null : body.text();
      end({ kind: 'broken', status, cause: text, sent: sent || status !== null, partialBody });
    },
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function readHeaders(headers: Headers): ResponseHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
  };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
