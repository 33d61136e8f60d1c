import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCodeOf } from '@retort/schema';

/** A write takes seconds at most; whatever is older was left by a process that is no more. Ours, with room to spare. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Where blobs are written before they get their name; on the same file system, so that they can be renamed. */
export function temporaryFolder(dir: string): string {
  return path.join(dir, 'tmp');
}

/**
 * Removes what killed writes left in a blob folder. Safe beside processes that are writing: files younger than an hour
 * stay. A folder that isn't there is clean.
 *
 * @returns how many files were removed
 */
export async function sweepTemporaryBlobs(dir: string, now: () => number = Date.now): Promise<number> {
  let removed = 0;
  for (const name of await listTemporaryBlobs(dir)) {
    if (await removeIfAbandoned(path.join(temporaryFolder(dir), name), now())) removed += 1;
  }
  return removed;
}

async function listTemporaryBlobs(dir: string): Promise<readonly string[]> {
  return readdir(temporaryFolder(dir)).catch((error: unknown) => ifGone(error, []));
}

/** Another process may rename or remove the file in between: then it isn't ours to count. */
async function removeIfAbandoned(file: string, nowMs: number): Promise<boolean> {
  try {
    if (nowMs - (await stat(file)).mtimeMs < ABANDONED_AFTER_MS) return false;
    await unlink(file);
    return true;
  } catch (error) {
    return ifGone(error, false);
  }
}

function ifGone<T>(error: unknown, otherwise: T): T {
  if (errorCodeOf(error) === 'ENOENT') return otherwise;
  throw error;
}
