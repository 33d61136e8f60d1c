import { createOnlineTeacher } from '../http/online-teacher.ts';
import { checkKey } from '../http/secret-key.ts';
import type { Teacher } from '../teacher.ts';
import { callGemini } from './call-gemini.ts';
import { classifyOutcome } from './classify-outcome.ts';
import { checkModelName, GEMINI_BASE_URL, normaliseBaseUrl } from './gemini-address.ts';
import { listGeminiModels } from './list-gemini-models.ts';

export interface GeminiOptions {
  /** From `resolveGeminiKey`. It appears in no result, error or log. */
  readonly apiKey: string;
  readonly model: string;
  /** From `resolveGeminiBaseUrl`; Google's own if absent. */
  readonly baseUrl?: string;
  /** For a whole call, from the connection to the last byte; two minutes if absent. */
  readonly timeoutMs?: number;
  /** For dates in Retry-After. */
  readonly now?: () => Date;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Gemini over the network, a call an `ask`.
 *
 * @throws TeacherKeyError, TeacherOptionError for what can't work, before any call
 */
export async function createGeminiTeacher(options: GeminiOptions): Promise<Teacher> {
  const { apiKey, model, timeoutMs = DEFAULT_TIMEOUT_MS, now = () => new Date() } = options;
  checkKey(apiKey, 'The key for gemini');
  const connection = { apiKey, baseUrl: normaliseBaseUrl(options.baseUrl ?? GEMINI_BASE_URL) };
  return createOnlineTeacher({
    name: 'gemini',
    model,
    baseUrl: connection.baseUrl,
    apiKey,
    timeoutMs,
    now,
    checkModel: checkModelName,
    call: (request, image, signal) =>
      callGemini({ ...connection, model: request.model }, request, image, signal),
    classify: classifyOutcome,
    listModels: (signal) => listGeminiModels(connection, signal),
  });
}
