/** Base64 of the bytes that the view shows, without copying them first. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

interface Encoded {
  readonly head: string;
  readonly bytes: Buffer;
}

const encoded = new WeakMap<Uint8Array, Encoded>();

/**
 * `head` and the base64 of an image behind it, as bytes ready for the wire. Made once for an image that is asked about several
 * times behind the same head.
 */
export function base64Behind(head: string, image: Uint8Array): Buffer {
  const known = encoded.get(image);
  if (known?.head === head) return known.bytes;
  const bytes = Buffer.from(head + encodeBase64(image));
  encoded.set(image, { head, bytes });
  return bytes;
}
