import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BatchLine } from '../batch-teacher.ts';
import { buildBody } from '../gemini/call-gemini.ts';
import { encodeBase64 } from '../http/encode-base64.ts';

/** Writes a batch's input, one line in memory at a time. @throws what reading an image or writing throws, the signal's reason */
export async function writeLines(
  path: string,
  lines: AsyncIterable<BatchLine>,
  signal: AbortSignal,
): Promise<void> {
  async function* texts(): AsyncGenerator<string> {
    for await (const { key, request, readImage } of lines) {
      signal.throwIfAborted();
      yield `${JSON.stringify({ key, request: buildBody(request, encodeBase64(await readImage())) })}\n`;
    }
  }
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(Readable.from(texts(), { highWaterMark: 1 }), createWriteStream(path, { flush: false }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
