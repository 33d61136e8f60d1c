import { z } from 'zod';
import { captureResponse } from '../http/capture-response.ts';
import { readJson } from '../http/read-json.ts';
import { authorization, type OpenaiConnection } from './call-openai.ts';

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Ids of the models that the server lists, sorted; null when the listing doesn't answer, or not in OpenAI's shape. */
export async function listOpenaiModels(
  { apiKey, baseUrl }: OpenaiConnection,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const init: RequestInit = { headers: authorization(apiKey), signal, redirect: 'manual' };
  const response = await captureResponse(() => fetch(`${baseUrl}/models`, init));
  if (response.kind === 'broken' || response.status !== 200) return null;
  const listed = listSchema.safeParse(readJson(response.body));
  return listed.success ? listed.data.data.map(({ id }) => id).sort() : null;
}
