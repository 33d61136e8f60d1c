import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createByteBlock } from '../byte-block.ts';
import type { ByteSink } from '../formats/format.ts';

/** Bytes collected before they are written; a row has about 1 KB. */
const BLOCK_BYTES = 256 * 1024;

export interface HashedFile extends ByteSink {
  /** Writes what is left and closes; returns the hex SHA-256 of all bytes. */
  close(): Promise<string>;
}

/** A new file that is written in large pieces and hashed on the way. */
export async function createHashedFile(path: string): Promise<HashedFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  const block = createByteBlock(BLOCK_BYTES);
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await handle.writeFile(bytes);
  };
  const makeRoomAndWrite = async (chunk: string | Uint8Array) => {
    await put(block.take());
    if (!block.append(chunk)) await put(Buffer.from(chunk));
  };
  return {
    write: (chunk) => (block.append(chunk) ? undefined : makeRoomAndWrite(chunk)),
    async close() {
      try {
        await put(block.take());
      } finally {
        await handle.close();
      }
      return hash.digest('hex');
    },
  };
}
