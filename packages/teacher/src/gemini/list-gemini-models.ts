import { z } from 'zod';
import { captureResponse } from '../http/capture-response.ts';
import { readJson } from '../http/read-json.ts';
import type { GeminiConnection } from './call-gemini.ts';
import { GEMINI_API_VERSION } from './gemini-address.ts';

const listSchema = z.object({
  models: z.array(
    z.object({ name: z.string(), supportedGenerationMethods: z.array(z.string()).nullish().catch(null) }),
  ),
});

/** As many as Google lists on one page; there are fewer. */
const PAGE_SIZE = 1000;

/**
 * Names of the models that can be asked for content, sorted; the SDK has no such call.
 *
 * @returns null when the listing doesn't answer, or not in Gemini's shape
 */
export async function listGeminiModels(
  { apiKey, baseUrl }: Omit<GeminiConnection, 'model'>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const url = `${baseUrl}/${GEMINI_API_VERSION}/models?pageSize=${PAGE_SIZE}`;
  const headers = { 'x-goog-api-key': apiKey };
  const response = await captureResponse(() => fetch(url, { headers, signal, redirect: 'manual' }));
  if (response.kind === 'broken' || response.status !== 200) return null;
  const listed = listSchema.safeParse(readJson(response.body));
  if (!listed.success) return null;
  return listed.data.models
    .filter(({ supportedGenerationMethods: methods }) => methods?.includes('generateContent') ?? true)
    .map(({ name }) => name.replace(/^models\//, ''))
    .sort();
}
