import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ByteSink } from '../formats/format.ts';

/** Bytes collected before they are written; a row has about 1 KB. */
const BUFFER_BYTES = 256 * 1024;

export interface HashedFile extends ByteSink {
  /** Writes what is left and closes; returns the hex SHA-256 of all bytes. */
  close(): Promise<string>;
}

/** A new file that is written in large pieces and hashed on the way. */
export async function createHashedFile(path: string): Promise<HashedFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  let pieces: Buffer[] = [];
  let bytes = 0;
  const flush = async () => {
    if (bytes === 0) return;
    const block = Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    hash.update(block);
    await handle.writeFile(block);
  };
  return {
    async write(chunk) {
      const piece = Buffer.from(chunk);
      pieces.push(piece);
      bytes += piece.byteLength;
      if (bytes >= BUFFER_BYTES) await flush();
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
