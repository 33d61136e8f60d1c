import { networkCauseOf } from './network-cause.ts';
import type { TeacherResponse } from './teacher-response.ts';

/** Bytes of a body that are read: 8 MiB hold any answer with room to spare; who sends more is no teacher. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Sends a request and reads all of its answer. What breaks on the way is a value, not an exception. */
export async function captureResponse(send: () => Promise<Response>): Promise<TeacherResponse> {
  const chunks: Uint8Array[] = [];
  let status: number | null = null;
  try {
    const response = await send();
    status = response.status;
    const complete = await readChunks(response, chunks);
    const body = decode(chunks);
    if (complete) return { kind: 'received', status, headers: response.headers, body };
    return {
      kind: 'broken',
      status,
      cause: `a body over ${MAX_BODY_BYTES} bytes`,
      sent: true,
      partialBody: body,
    };
  } catch (error) {
    const { text, sent } = networkCauseOf(error);
    const partialBody = chunks.length === 0 ? null : decode(chunks);
    return { kind: 'broken', status, cause: text, sent: sent || status !== null, partialBody };
  }
}

/** False when there was more than will be read; the rest is then thrown away with the connection. */
async function readChunks(response: Response, chunks: Uint8Array[]): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return false;
    chunks.push(chunk);
  }
  return true;
}

function decode(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
