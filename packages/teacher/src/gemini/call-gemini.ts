import {
  type GenerateContentRequest,
  type GenerationConfig,
  GoogleGenerativeAI,
} from '@google/generative-ai';
import type { TeacherRequest } from '@retort/schema';
import { captureResponse } from '../http/capture-response.ts';
import { encodeBase64 } from '../http/encode-base64.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { TeacherTransportError } from '../teacher-errors.ts';
import { GEMINI_API_VERSION } from './gemini-address.ts';

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
  const ownFetch = globalThis.fetch;
  const captured = Promise.withResolvers<TeacherResponse>();
  const capturingFetch: typeof fetch = async (url, init) => {
    // A redirect could carry the key to another host, so none is followed.
    const response = await captureResponse(() => ownFetch(url, { ...init, signal, redirect: 'manual' }));
    captured.resolve(response);
    return Response.json({});
  };
  const generativeModel = new GoogleGenerativeAI(apiKey).getGenerativeModel(
    { model },
    { baseUrl, apiVersion: GEMINI_API_VERSION },
  );
  const call = lendFetch(capturingFetch, () => generativeModel.generateContent(buildBody(request, image)));
  call.then(
    () =>
      captured.reject(
        new TeacherTransportError('@google/generative-ai answered without using the fetch it was lent.'),
      ),
    () =>
      captured.reject(
        new TeacherTransportError('@google/generative-ai failed before it used the fetch it was lent.'),
      ),
  );
  return captured.promise;
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

export function buildBody(request: TeacherRequest, image: Uint8Array): GenerateContentRequest {
  const { temperature, topP, seed } = request.settings;
  const generationConfig: WireGenerationConfig = {
    maxOutputTokens: request.maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
  };
  const inlineData = { mimeType: request.mediaType, data: encodeBase64(image) };
  const parts = [{ inlineData }, { text: request.promptText }];
  return { contents: [{ role: 'user', parts }], generationConfig };
}
