import type { GoogleGenAI } from '@google/genai';
import { GEMINI_API_VERSION } from '../gemini/gemini-address.ts';
import { captureResponse } from '../http/capture-response.ts';
import { removeKey } from '../http/secret-key.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { withDeadline } from '../http/with-deadline.ts';

/** Where and as whom the service is asked. */
export interface BatchConnection {
  readonly apiKey: string;
  /** Normalised, see `normaliseBaseUrl`. */
  readonly baseUrl: string;
  /** For one HTTP request, a piece of an upload included. */
  readonly timeoutMs: number;
}

/** Thrown through the SDK to its caller, so that nothing of ours depends on what the SDK makes of a failure. */
class FailedCallError extends Error {}

/**
 * Calls the service through `@google/genai` 3.1.0. The SDK knows addresses, the upload protocol and pages; what came back is
 * taken from the fetch it is lent, because it drops headers, bodies of errors and the error of a failed batch.
 *
 * @returns the last response: the first that wasn't 200, else the one that answered the call
 * @throws the outer signal's reason when it was aborted
 */
export async function callBatchService(
  { apiKey, baseUrl, timeoutMs }: BatchConnection,
  signal: AbortSignal,
  call: (client: GoogleGenAI) => Promise<unknown>,
): Promise<TeacherResponse> {
  signal.throwIfAborted();
  let last: TeacherResponse | null = null;
  const lentFetch: typeof fetch = async (url, init) => {
    // A redirect could carry the key to another host, so none is followed.
    let headers = new Headers();
    const response = await withDeadline(signal, timeoutMs, (inner) =>
      captureResponse(async () => {
        const open = await fetch(url, { ...init, signal: inner, redirect: 'manual' });
        headers = open.headers;
        return open;
      }),
    );
    signal.throwIfAborted();
    last = withoutKey(response, apiKey);
    if (last.kind === 'broken' || last.status !== 200) throw new FailedCallError();
    return new Response(last.body, { headers });
  };
  try {
    await call(await createClient(apiKey, baseUrl, lentFetch));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof FailedCallError)) {
      // The SDK didn't like a 200, or couldn't ask at all.
      return brokenBy(error, apiKey, last !== null);
    }
  }
  return last ?? brokenBy(new Error('@google/genai ended without using the fetch it was lent'), apiKey, true);
}

/** Loaded when it is needed: most starts of the program ask no batch. */
async function createClient(apiKey: string, baseUrl: string, lentFetch: typeof fetch): Promise<GoogleGenAI> {
  const sdk = await import('@google/genai');
  return new sdk.GoogleGenAI({
    apiKey,
    // Said, or the SDK looks for them in the environment; and it would say `v1`.
    vertexai: false,
    apiVersion: GEMINI_API_VERSION,
    httpOptions: { baseUrl, fetch: lentFetch },
  });
}

function withoutKey(response: TeacherResponse, apiKey: string): TeacherResponse {
  if (response.kind === 'received') return { ...response, body: removeKey(response.body, apiKey) };
  return { ...response, cause: removeKey(response.cause, apiKey), partialBody: null };
}

function brokenBy(error: unknown, apiKey: string, sent: boolean): TeacherResponse {
  const cause = removeKey(error instanceof Error ? error.message : String(error), apiKey);
  return { kind: 'broken', status: null, cause, sent, partialBody: null };
}
