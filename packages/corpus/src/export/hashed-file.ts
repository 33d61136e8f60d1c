import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ByteSink } from '../formats/format.ts';

/** Bytes collected before they are written; a row has about 1 KB. */
const BUFFER_BYTES = 256 * 1024;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

export interface HashedFile extends ByteSink {
  /** Writes what is left and closes; returns the hex SHA-256 of all bytes. */
  close(): Promise<string>;
}

/** A new file that is written in large pieces and hashed on the way. Calls must not overlap. */
export async function createHashedFile(path: string): Promise<HashedFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const buffered = Promise.resolve();
  let used = 0;
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await handle.writeFile(bytes);
  };
  const flush = async () => {
    const filled = buffer.subarray(0, used);
    used = 0;
    if (filled.byteLength > 0) await put(filled);
  };
  /** False when there might not be room for the chunk. */
  const append = (chunk: string | Uint8Array): boolean => {
    const free = BUFFER_BYTES - used;
    if (chunk.length * (typeof chunk === 'string' ? MAX_BYTES_PER_UNIT : 1) > free) return false;
    if (typeof chunk === 'string') {
      used += buffer.write(chunk, used);
    } else {
      buffer.set(chunk, used);
      used += chunk.byteLength;
    }
    return true;
  };
  return {
    write(chunk) {
      return append(chunk)
        ? buffered
        : flush().then(() => (append(chunk) ? undefined : put(Buffer.from(chunk))));
    },
    async close() {
      try {
        await flush();
      } finally {
        await handle.close();
      }
      return hash.digest('hex');
    },
  };
}
