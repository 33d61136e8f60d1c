import type { ResponseSchema, TeacherRequest } from '@retort/schema';
import { encodeBase64 } from '../http/encode-base64.ts';

/** The member that limits output tokens: servers differ in which of the two they obey, ignore or refuse. */
export type TokenLimitName = 'max_tokens' | 'max_completion_tokens';

/**
 * Body of one `chat/completions`. The image is a data URL in an object, the form that every server takes; members the
 * request leaves to the model are absent.
 */
export function buildChatBody(
  request: TeacherRequest,
  image: Uint8Array,
  tokenLimitName: TokenLimitName,
): string {
  const { temperature, topP, seed } = request.settings;
  const url = `data:${request.mediaType};base64,${encodeBase64(image)}`;
  const content = [
    { type: 'text', text: request.promptText },
    { type: 'image_url', image_url: { url } },
  ];
  // JSON leaves out what is undefined.
  return JSON.stringify({
    model: request.model,
    messages: [{ role: 'user', content }],
    [tokenLimitName]: request.maxOutputTokens,
    temperature,
    top_p: topP,
    seed,
    response_format: responseFormat(request.responseSchema),
  });
}

/** `strict` wants every member required and no other allowed. */
function responseFormat(responseSchema: ResponseSchema | undefined) {
  if (responseSchema === undefined) return undefined;
  const schema = { ...responseSchema, additionalProperties: false };
  return { type: 'json_schema', json_schema: { name: 'descriptions', strict: true, schema } };
}
