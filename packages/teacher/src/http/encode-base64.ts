/** Base64 of the bytes that the view shows, without copying them first. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const encoded = new WeakMap<Uint8Array, Buffer>();

/** The same as ASCII bytes, ready for the wire; encoded once for a view that is asked about several times. */
export function base64Bytes(bytes: Uint8Array): Buffer {
  const known = encoded.get(bytes);
  if (known !== undefined) return known;
  const made = Buffer.from(encodeBase64(bytes), 'latin1');
  encoded.set(bytes, made);
  return made;
}
