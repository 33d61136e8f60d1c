import { z } from 'zod';
import { type NodeChild, startNode } from '../../fixtures/node-child.ts';

const MAIN = new URL('../../../tools/gemini-double/main.ts', import.meta.url);
const listeningSchema = z.object({ event: z.literal('listening'), port: z.number(), base_url: z.string() });

export const MODEL = 'gemini-3.8-flash';
/** No key of anybody. */
export const MADE_UP_KEY = 'made-up-key';

/** Starts the double with these arguments and reads nothing. */
export const runDouble = (args: readonly string[]): NodeChild => startNode(MAIN, args);

/** Starts the double on a free port, in the scenario `instant` unless the arguments say otherwise. */
export async function startDouble(args: readonly string[] = []): Promise<{ child: NodeChild; base: string }> {
  const child = runDouble(['--port', '0', '--scenario', 'instant', ...args]);
  const line = listeningSchema.parse(JSON.parse(await child.line()));
  return { child, base: line.base_url };
}

export function requestBody(image: Uint8Array, text = 'Describe its visual quality.'): object {
  const data = Buffer.from(image).toString('base64');
  return {
    contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/jpeg', data } }, { text }] }],
  };
}

export function generate(
  base: string,
  body: unknown,
  { model = MODEL, key = MADE_UP_KEY } = {},
): Promise<Response> {
  return fetch(`${base}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { 'x-goog-api-key': key }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Sends JSON to `/control/…`. */
export async function control(base: string, what: string, method = 'GET', body?: object): Promise<Response> {
  return fetch(`${base}/control/${what}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
