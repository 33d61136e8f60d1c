import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The formats that are accepted; the scorer's Python reads the same file. */
const IMAGE_FORMATS_FILE = new URL('../image-formats.json', import.meta.url);
const imageFormatsSchema = z.record(
  z.string(),
  z.strictObject({ pillow: z.string(), endings: z.array(z.string().startsWith('.')) }),
);

/** Endings of image files that the scorer reads, in lower case with their dot. */
export async function readImageEndings(): Promise<readonly string[]> {
  const formats = imageFormatsSchema.parse(JSON.parse(await readFile(IMAGE_FORMATS_FILE, 'utf8')));
  return Object.values(formats).flatMap(({ endings }) => endings);
}
