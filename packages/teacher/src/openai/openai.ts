import type { TeacherResult } from '@retort/schema';
import { createOnlineTeacher } from '../http/online-teacher.ts';
import { checkKey } from '../http/secret-key.ts';
import type { Teacher } from '../teacher.ts';
import { createOpenaiCall } from './call-openai.ts';
import { classifyChat } from './classify-chat.ts';
import { listOpenaiModels } from './list-openai-models.ts';
import { checkOpenaiModelName, normaliseOpenaiBaseUrl, OPENAI_BASE_URL } from './openai-address.ts';

export interface OpenaiOptions {
  /** From `resolveOpenaiKey`; null where the server wants none. It appears in no result, error or log. */
  readonly apiKey: string | null;
  readonly model: string;
  /** From `resolveOpenaiBaseUrl`; OpenAI's own if absent. */
  readonly baseUrl?: string;
  /** For a whole call, from the connection to the last byte; four minutes if absent. */
  readonly timeoutMs?: number;
  /** For dates in Retry-After. */
  readonly now?: () => Date;
}

/** A local server may have to load its model first. Node's fetch itself gives up on headers after five minutes. */
const DEFAULT_TIMEOUT_MS = 240_000;

/**
 * Any OpenAI-compatible chat endpoint with image input, a call an `ask`.
 *
 * @throws TeacherKeyError, TeacherOptionError for what can't work, before any call
 */
export async function createOpenaiTeacher(options: OpenaiOptions): Promise<Teacher> {
  const { apiKey, model, timeoutMs = DEFAULT_TIMEOUT_MS, now = () => new Date() } = options;
  if (apiKey !== null) checkKey(apiKey, 'The key for openai');
  const connection = { apiKey, baseUrl: normaliseOpenaiBaseUrl(options.baseUrl ?? OPENAI_BASE_URL) };
  const call = createOpenaiCall(connection);
  const existing = new Set<string>();
  return createOnlineTeacher({
    name: 'openai',
    model,
    baseUrl: connection.baseUrl,
    apiKey,
    timeoutMs,
    now,
    checkModel: checkOpenaiModelName,
    async call(request, image, signal) {
      const response = await call(request, image, signal);
      if (response.status === 200) existing.add(request.model);
      return response;
    },
    classify: classifyChat,
    listModels: (signal) => listOpenaiModels(connection, signal),
    // LiteLLM says that a model is unknown with a 400 like any other. Once a model has answered, it isn't that.
    mayLackModel: (result, request) => isPlainlyInvalid(result) && !existing.has(request.model),
  });
}

function isPlainlyInvalid({ outcome, httpStatus }: TeacherResult): boolean {
  return outcome === 'invalid' && httpStatus === 400;
}
