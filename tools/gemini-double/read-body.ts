import type { IncomingMessage } from 'node:http';

/** The whole body, or null when it is longer than `maxBytes`. @throws when the client breaks off */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0; // read to its end, so that the client sees the answer, but kept no more
    });
    request.on('end', () => resolve(size > maxBytes ? null : Buffer.concat(chunks, size)));
    request.on('error', reject);
  });
}
