import { constants, copyFile, link } from 'node:fs/promises';
import { errorCodeOf } from '@retort/schema';
import { CorpusImageMissingError } from '../errors.ts';

/** Reasons why a file system can't give a second name to a file; a copy then does. */
const NO_LINK_CODES = new Set(['EXDEV', 'EPERM', 'EMLINK', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Puts an image into a corpus: as a hard link, which costs no space, or as a copy where links aren't possible.
 *
 * @throws CorpusImageMissingError when `source` isn't there
 */
export async function placeImage(rowId: string, source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'ENOENT') throw new CorpusImageMissingError(rowId, source, error);
    if (code === undefined || !NO_LINK_CODES.has(code)) throw error;
    await copyFile(source, target, constants.COPYFILE_EXCL);
  }
}
