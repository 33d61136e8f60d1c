import type { TeacherRequest } from '@retort/schema';
import { post } from '../http/post.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { buildChatBody, type TokenLimitName } from './chat-body.ts';
import { isOpenaiItself } from './openai-address.ts';
import { readErrorBody } from './openai-body.ts';

export interface OpenaiConnection {
  /** Null: no Authorization header is sent. */
  readonly apiKey: string | null;
  /** Normalised, see `normaliseOpenaiBaseUrl`. */
  readonly baseUrl: string;
}

export type CallOpenai = (
  request: TeacherRequest,
  image: Uint8Array,
  signal: AbortSignal,
) => Promise<TeacherResponse>;

/**
 * Makes the function that posts one `chat/completions`. It learns for each model which member limits the output tokens:
 * OpenAI itself gets `max_completion_tokens` (all its models know it, newer ones refuse `max_tokens`), others `max_tokens`
 * (Ollama ignores `max_completion_tokens`). A server that refuses `max_tokens` by name is asked again with the other one:
 * a refusal costs nothing.
 */
export function createOpenaiCall(connection: OpenaiConnection): CallOpenai {
  const tokenLimitNames = new Map<string, TokenLimitName>();
  const firstName = isOpenaiItself(connection.baseUrl) ? 'max_completion_tokens' : 'max_tokens';
  return async (request, image, signal) => {
    const name = tokenLimitNames.get(request.model) ?? firstName;
    const response = await ask(connection, buildChatBody(request, image, name), signal);
    if (name !== 'max_tokens' || !refusesMaxTokens(response)) return response;
    const body = buildChatBody(request, image, 'max_completion_tokens');
    const second = await ask(connection, body, signal);
    // Refused as well: then it wasn't the member's name, and the first answer says what it was.
    if (second.status === 400) return response;
    if (second.status === 200) tokenLimitNames.set(request.model, 'max_completion_tokens');
    return second;
  };
}

function ask({ apiKey, baseUrl }: OpenaiConnection, body: string, signal: AbortSignal) {
  const headers = { 'content-type': 'application/json', ...authorization(apiKey) };
  return post(`${baseUrl}/chat/completions`, { headers, body: [Buffer.from(body)], signal });
}

export function authorization(apiKey: string | null): Record<string, string> {
  return apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
}

function refusesMaxTokens(response: TeacherResponse): boolean {
  if (response.kind === 'broken' || response.status !== 400) return false;
  return readErrorBody(response.body)?.param === 'max_tokens';
}
