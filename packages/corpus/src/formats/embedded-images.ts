import { decodeRow, isObject } from './decode-row.ts';
import { ownFactsOf } from './own-facts.ts';
import type { ReadItem } from './read-row.ts';

/**
 * A row of a file that carries its images' bytes, with what it says of itself where it is ours. An image without a path gets its place as one.
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
  if (item.kind !== 'row') return item;
  const facts = ownFactsOf(row);
  return { kind: 'row', row: { ...item.row, imageBytes: bytes, ...(facts === null ? {} : { facts }) } };
}
