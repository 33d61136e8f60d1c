import { decodeRow, isObject } from './decode-row.ts';
import type { ReadItem } from './read-row.ts';

/**
 * A row of a file that carries its images' bytes. An image without a path gets its place as one.
 *
 * @param images paths, or `{bytes, path}`
 */
export function withImageBytes(
  row: Readonly<Record<string, unknown>>,
  images: readonly unknown[],
  place: string,
): ReadItem {
  const bytes = images.map((image) =>
    isObject(image) && image.bytes instanceof Uint8Array ? image.bytes : null,
  );
  const paths = images.map((image, index) =>
    isObject(image) ? (image.path ?? `${place} image ${index + 1}`) : image,
  );
  const item = decodeRow({ ...row, images: paths }, place, { impliesNewline: false });
  return item.kind === 'row' ? { kind: 'row', row: { ...item.row, imageBytes: bytes } } : item;
}
