import { RetortError } from '@retort/schema';

/** A blob the store speaks of isn't in the folder. */
export class BlobMissingError extends RetortError {
  readonly code = 'blob-missing';
  readonly hash: string;

  constructor(hash: string, folder: string, options?: { cause?: unknown }) {
    super(
      `The prepared image ${hash} isn't in ${folder}: it was removed or never copied here. Run the prepare stage again.`,
      options,
    );
    this.hash = hash;
  }
}

/** No room, or no quota, is left where blobs are written. The run should stop: every other image would fail too. */
export class DiskFullError extends RetortError {
  readonly code = 'disk-full';
  readonly folder: string;

  constructor(folder: string, options?: { cause?: unknown }) {
    super(
      `No space is left for prepared images in ${folder}: free some, or move it, and run the same command again.`,
      options,
    );
    this.folder = folder;
  }
}

/** The blob folder can't be written by this user, or its file system is read-only. */
export class BlobFolderUnwritableError extends RetortError {
  readonly code = 'home-unwritable';
  readonly folder: string;

  constructor(folder: string, options?: { cause?: unknown }) {
    super(`Prepared images can't be written to ${folder} by this user: change its permissions.`, options);
    this.folder = folder;
  }
}

/** Reading an image failed for a reason that isn't the image's: a failing disk, too many open files. Try again later. */
export class ImageUnreadableError extends RetortError {
  readonly code = 'image-unreadable';
  readonly file: string;

  constructor(file: string, reason: string, options?: { cause?: unknown }) {
    super(`${file} couldn't be read (${reason}): check the disk and run the same command again.`, options);
    this.file = file;
  }
}
