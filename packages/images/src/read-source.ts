import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ContentHash } from '@retort/schema';
import { errorCodeOf } from '@retort/schema';
import { ImageUnreadableError } from './errors.ts';
import { type ImageFormat, SNIFF_BYTES, sniffFormat } from './sniff-format.ts';

/** An image file as it is on disk. */
export interface SourceImage {
  readonly bytes: Uint8Array;
  readonly hash: ContentHash;
  readonly format: ImageFormat;
}

export type ReadSourceResult =
  | { readonly kind: 'read'; readonly source: SourceImage }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Bytes read and hashed at once: the hash of one part never holds up the event loop for more than about a millisecond. */
const PART_BYTES = 1024 * 1024;

/**
 * What the file system's codes mean for one image. Others (a failing disk, too many open files) aren't the image's fault
 * and are thrown.
 */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "The file isn't there: add it, or take its row out.",
  ENOTDIR: "The file isn't there, a part of its path is no folder: mend the name.",
  ELOOP: 'The file is a link that leads back to itself: put the image in its place.',
  EACCES: 'The file may not be read by this user: change its permissions.',
  EPERM: 'The file may not be read by this user: change its permissions.',
};

/**
 * Reads and hashes an image file in one pass, after a look at its kind, size and first bytes.
 *
 * @throws ImageUnreadableError the disk failed, not the image
 */
export async function readSource(file: string, maxBytes: number): Promise<ReadSourceResult> {
  try {
    // A pipe or a device would never end, so the kind is asked before opening.
    if (!(await stat(file)).isFile())
      return rejected('The file is a folder or a device, no image: mend the name.');
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size === 0) return rejected('The file is empty (0 bytes): fetch it again.');
    if (size > maxBytes) {
      return rejected(
        `The file has ${megabytes(size)} MB and at most ${megabytes(maxBytes)} are taken: make it smaller.`,
      );
    }
    return await readAll(handle, size);
  } catch (cause) {
    const code = errorCodeOf(cause);
    const reason = REASONS[code ?? ''];
    if (reason !== undefined) return rejected(reason);
    throw code === undefined ? cause : new ImageUnreadableError(file, code, { cause });
  }
}

async function readAll(handle: FileHandle, size: number): Promise<ReadSourceResult> {
  const bytes = Buffer.allocUnsafe(size);
  const hash = createHash('sha256');
  let format: ImageFormat | undefined;
  for (let length = 0; length < size; ) {
    const wanted = format === undefined ? SNIFF_BYTES : PART_BYTES;
    const { bytesRead } = await handle.read(bytes, length, Math.min(wanted, size - length));
    if (bytesRead === 0)
      return rejected('The file became shorter while it was read: run the same command again.');
    const part = bytes.subarray(length, length + bytesRead);
    if (format === undefined) {
      const sniffed = sniffFormat(part);
      if (sniffed.kind === 'other') return rejected(`The file is ${sniffed.description}.`);
      format = sniffed.format;
    }
    hash.update(part);
    length += bytesRead;
  }
  // The size isn't 0, so the loop ran and either returned or set the format.
  if (format === undefined) return rejected('The file is empty (0 bytes): fetch it again.');
  return { kind: 'read', source: { bytes, hash: `sha256:${hash.digest('hex')}`, format } };
}

function rejected(reason: string): ReadSourceResult {
  return { kind: 'rejected', reason };
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
