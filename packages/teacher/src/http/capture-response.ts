import { networkCauseOf } from './network-cause.ts';
import type { ResponseHeaders, TeacherResponse } from './teacher-response.ts';

/** Bytes of a body that are read: 8 MiB hold any answer with room to spare; who sends more is no teacher. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** An answer whose body is still to be read: fetch's, and undici's below it. */
export interface OpenResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Sends a request and reads all of its answer. What breaks on the way is a value, not an exception. */
export async function captureResponse(send: () => Promise<OpenResponse>): Promise<TeacherResponse> {
  const chunks: Uint8Array[] = [];
  let status: number | null = null;
  try {
    const response = await send();
    status = response.status;
    const complete = await readChunks(response.body, chunks);
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
async function readChunks(body: AsyncIterable<Uint8Array> | null, chunks: Uint8Array[]): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return false;
    chunks.push(chunk);
  }
  return true;
}

function decode(chunks: readonly Uint8Array[]): string {
  const [only] = chunks;
  const bytes = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
