import {
  type GenerateContentRequest,
  type GenerationConfig,
  GoogleGenerativeAI,
} from '@google/generative-ai';
import type { TeacherRequest } from '@retort/schema';
import { base64Behind } from '../http/encode-base64.ts';
import { type Post, post } from '../http/post.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { TeacherTransportError } from '../teacher-errors.ts';
import { GEMINI_API_VERSION } from './gemini-address.ts';
import { structuredOutput } from './structured-output.ts';

export interface GeminiConnection {
  readonly apiKey: string;
  readonly model: string;
  /** Normalised, see `normaliseBaseUrl`. */
  readonly baseUrl: string;
}

/**
 * One `generateContent` through `@google/generative-ai` 0.24.1, whose quirks end here: what it makes of a response, its
 * errors, its `text()`, its timer and its handling of signals are all passed by. The response is taken from the fetch
 * below it, headers and body as they came.
 *
 * @throws TeacherTransportError when the SDK didn't use the fetch it was lent: another version than the pinned one
 */
export async function callGemini(
  connection: GeminiConnection,
  request: TeacherRequest,
  image: Uint8Array,
  signal: AbortSignal,
): Promise<TeacherResponse> {
  const { apiKey, model, baseUrl } = connection;
  const captured = Promise.withResolvers<TeacherResponse>();
  let isUsed = false;
  const capturingFetch: typeof fetch = async (url, init) => {
    const wire = wireOf(init, image);
    isUsed = true;
    try {
      captured.resolve(await post(String(url), { ...wire, signal }));
    } catch (error) {
      // The SDK hears of it too, but what it makes of it is passed by.
      captured.reject(error);
      throw error;
    }
    return READ_ALREADY;
  };
  const generativeModel = new GoogleGenerativeAI(apiKey).getGenerativeModel(
    { model },
    { baseUrl, apiVersion: GEMINI_API_VERSION },
  );
  const call = lendFetch(capturingFetch, () =>
    generativeModel.generateContent(buildBody(request, IMAGE.slice(1, -1))),
  );
  const fail = (what: string): void => {
    if (isUsed) return;
    captured.reject(
      new TeacherTransportError(`@google/generative-ai ${what} the fetch it was lent: another version?`),
    );
  };
  call.then(
    () => fail('answered without using'),
    () => fail('failed before it used'),
  );
  return captured.promise;
}

/**
 * Stands for the image in what the SDK sees, so that 80 KB of base64 aren't run through JSON and UTF-8 for each question about
 * it. It comes before the prompt's text, so the first one found is ours whatever that text says.
 */
const IMAGE = '"image-goes-here"';

/**
 * What the SDK gets for a response that was read already. It looks at these two members and no other (0.24.1, request.ts); a real
 * Response with its stream would cost as much CPU as sending the request.
 */
const READ_ALREADY = { ok: true, json: async () => ({}) } as unknown as Response;

/** What the SDK wants sent. @throws TeacherTransportError for a body that isn't the JSON text that 0.24.1 makes */
function wireOf(init: RequestInit | undefined, image: Uint8Array): Pick<Post, 'headers' | 'body'> {
  const json = typeof init?.body === 'string' ? init.body : '';
  const at = json.indexOf(IMAGE);
  if (at < 0) throw new TeacherTransportError('@google/generative-ai sent something else than JSON text.');
  const upToImage = base64Behind(json.slice(0, at + 1), image);
  const after = Buffer.from(json.slice(at + IMAGE.length - 1));
  const headers = Object.fromEntries(new Headers(init?.headers));
  return { headers, body: [upToImage, after] };
}

/**
 * The SDK takes no fetch; it looks the global one up in the moment of the call, as the default of a parameter. So the
 * global is exchanged for just that moment: put back before this function returns, it is never seen by other code.
 */
function lendFetch<T>(lent: typeof fetch, call: () => Promise<T>): Promise<T> {
  const own = globalThis.fetch;
  globalThis.fetch = lent;
  try {
    return call();
  } finally {
    globalThis.fetch = own;
  }
}

/** `seed` is part of the wire format, but not of the SDK's type. */
type WireGenerationConfig = GenerationConfig & { seed?: number };

/** @param imageData base64 of the image */
export function buildBody(request: TeacherRequest, imageData: string): GenerateContentRequest {
  const { temperature, topP, seed } = request.settings;
  const generationConfig: WireGenerationConfig = {
    maxOutputTokens: request.maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...structuredOutput(request.responseSchema),
  };
  const inlineData = { mimeType: request.mediaType, data: imageData };
  const parts = [{ inlineData }, { text: request.promptText }];
  return { contents: [{ role: 'user', parts }], generationConfig };
}
