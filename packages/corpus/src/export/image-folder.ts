import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CorpusRow, hashHex } from '@retort/schema';
import { rowId } from '../row-id.ts';
import { type FileSum, IMAGES_FOLDER } from './export-files.ts';
import { type PlacedAs, placeImage } from './place-image.ts';

/** Hex digits that name an image's folder: 256 folders, so that none of a million images has more than some thousands. */
const FOLDER_DIGITS = 2;

/** An image's path in a corpus, from the corpus folder. Prepared images are JPEG. */
export function imagePathIn(row: CorpusRow): string {
  const hash = hashHex(row.blobHash);
  return `${IMAGES_FOLDER}/${hash.slice(0, FOLDER_DIGITS)}/${hash}.jpg`;
}

/** The images of an export. Which are there is known by the file system alone, so a million need no memory. */
export function createImageFolder(dir: string, placedAs: PlacedAs) {
  const folders = new Set<string>();
  return {
    /** @throws CorpusImageMissingError */
    async place(row: CorpusRow, source: string): Promise<void> {
      const path = imagePathIn(row);
      const folder = path.slice(0, path.lastIndexOf('/'));
      if (!folders.has(folder)) {
        await mkdir(join(dir, folder), { recursive: true });
        folders.add(folder);
      }
      await placeImage(rowId(row), source, join(dir, path), placedAs);
    },
    /** Their checksums, by path; an image is named by its own. */
    async *sums(): AsyncGenerator<FileSum> {
      for (const folder of [...folders].sort()) {
        for (const name of (await readdir(join(dir, folder))).sort()) {
          yield { path: `${folder}/${name}`, sha256: name.slice(0, name.lastIndexOf('.')) };
        }
      }
    },
  };
}
