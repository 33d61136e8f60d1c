import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ContentHash, errorCodeOf, hashHex, sha256 } from '@retort/schema';
import { BlobFolderUnwritableError, BlobMissingError, DiskFullError } from './errors.ts';
import { temporaryFolder } from './temporary-blobs.ts';

/** Bytes named by their hash. Several processes may share one folder. */
export interface BlobStore {
  /**
   * Stores bytes; on return they are on the disk. Bytes that are already there aren't written again.
   *
   * @throws DiskFullError, BlobFolderUnwritableError
   */
  put(bytes: Uint8Array): Promise<ContentHash>;
  /**
   * Absolute path where a blob is, or would be.
   *
   * @throws BlobMissingError the text isn't a content hash, so no blob can have that name
   */
  path(hash: string): string;
  has(hash: string): Promise<boolean>;
  /** @throws BlobMissingError it isn't there; what is there isn't hashed again */
  read(hash: string): Promise<Uint8Array>;
}

const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Blobs in `dir`, as `dir/ab/abcdef…`; makes the folder at the first write. `dir` is absolute. */
export function createBlobStore(dir: string): BlobStore {
  const blobPath = (hash: string) => {
    // Also keeps a hash that came from outside from climbing out of the folder.
    if (!CONTENT_HASH.test(hash)) throw new BlobMissingError(hash, dir);
    const hex = hashHex(hash);
    return path.join(dir, hex.slice(0, 2), hex);
  };
  const has = (hash: string) => isFile(blobPath(hash));
  return {
    path: blobPath,
    has,
    async put(bytes) {
      const hash = sha256(bytes);
      if (!(await has(hash))) await writeBlob(dir, blobPath(hash), bytes);
      return hash;
    },
    async read(hash) {
      try {
        return await readFile(blobPath(hash));
      } catch (cause) {
        if (errorCodeOf(cause) === 'ENOENT') throw new BlobMissingError(hash, dir, { cause });
        throw cause;
      }
    },
  };
}

/** Whole or not at all, whenever the process is killed: temporary name, fsync, rename, fsync of the folder. */
async function writeBlob(dir: string, target: string, bytes: Uint8Array): Promise<void> {
  const temporary = path.join(temporaryFolder(dir), randomUUID());
  try {
    await mkdir(path.dirname(temporary), { recursive: true });
    await mkdir(path.dirname(target), { recursive: true });
    await writeSynced(temporary, bytes);
    await rename(temporary, target);
    await syncFolder(path.dirname(target));
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = errorCodeOf(cause) ?? '';
    if (FULL.has(code)) throw new DiskFullError(dir, { cause });
    if (FORBIDDEN.has(code)) throw new BlobFolderUnwritableError(dir, { cause });
    throw cause;
  }
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, 'wx');
  await handle.writeFile(bytes);
  await handle.sync();
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile(),
    (error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
