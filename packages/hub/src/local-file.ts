import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** A file to be sent. */
export interface LocalFile {
  /** In the repository, with `/`. */
  readonly path: string;
  /** On this machine. */
  readonly file: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What git calls the content of a file: hex SHA-1 over `blob`, its size and its bytes. */
export async function gitBlobId({ file, bytes }: LocalFile): Promise<string> {
  const hash = createHash('sha1').update(`blob ${bytes}\0`);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
