import { linkSync } from 'node:fs';
import { constants, copyFile } from 'node:fs/promises';
import { errorCodeOf } from '@retort/schema';
import { CorpusImageMissingError } from '../errors.ts';

/** A hard link costs no space; a copy stays what it is when the home goes. */
export type PlacedAs = 'link' | 'copy';

/** Reasons why a file system can't give a second name to a file; a copy then does. */
const NO_LINK_CODES = new Set(['EXDEV', 'EPERM', 'EMLINK', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Puts an image into a corpus, where links aren't possible as a copy. One that is there already is the same one, since it is
 * named by its content.
 *
 * @throws CorpusImageMissingError when `source` isn't there
 */
export async function placeImage(
  rowId: string,
  source: string,
  target: string,
  placedAs: PlacedAs,
): Promise<void> {
  try {
    if (placedAs === 'copy' || !tryLink(source, target))
      await copyFile(source, target, constants.COPYFILE_EXCL);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'EEXIST') return;
    throw code === 'ENOENT' ? new CorpusImageMissingError(rowId, source, error) : error;
  }
}

/** Not awaited: it takes microseconds, and a million of them are made. @returns false where links aren't possible */
function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === undefined || !NO_LINK_CODES.has(code)) throw error;
    return false;
  }
}
