import { FINGERPRINT } from '@retort/schema';

/** One image in so many is another's picture saved again. */
export const IMAGES_PER_COPY = 100;
/** Bits in which a copy differs: within the radius of the search, and as many as a JPEG saved again shows. */
const COPY_BITS = [3, 50, 101] as const;

/** The fingerprint of image number `image`: random bits, except that every hundredth image nearly has its neighbour's. */
export function syntheticFingerprint(image: number): Uint8Array {
  if (image % IMAGES_PER_COPY !== IMAGES_PER_COPY - 1) return randomBytes(image);
  const copy = randomBytes(image - 1);
  for (const bit of COPY_BITS) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** The same for the same seed (xorshift32, Marsaglia 2003). */
function randomBytes(seed: number): Uint8Array {
  const bytes = new Uint8Array(FINGERPRINT.bytes);
  let state = Math.imul(seed + 1, 0x9e3779b1);
  for (let index = 0; index < bytes.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
