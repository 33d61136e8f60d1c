import { FINGERPRINT } from '@retort/schema';

/** Side of the grey picture that is hashed, in pixels. */
export const PHASH_SIDE = 48;
/** Frequencies a side that are kept: the 12 lowest of 48, flat part included. */
const FREQUENCIES = 12;

/** `COSINES[k][n]`: value at pixel n of the cosine with k half waves (DCT-II). */
const COSINES = Array.from({ length: FREQUENCIES }, (_, k) =>
  Float64Array.from({ length: PHASH_SIDE }, (_, n) =>
    Math.cos((Math.PI * (2 * n + 1) * k) / (2 * PHASH_SIDE)),
  ),
);

/**
 * Perceptual hash of a grey picture: a bit for each of the 12 x 12 lowest frequencies of its cosine transform, set where
 * it is above the median of them. The same bits, in the same order, as `imagehash.phash(image, hash_size=12)` of PyPI's
 * imagehash 4.3.2 gives for the same 48 x 48 pixels.
 *
 * @param grey 48 x 48 values, row by row
 */
export function phash(grey: ArrayLike<number>): Uint8Array {
  const frequencies = lowFrequencies(grey);
  const sorted = frequencies.toSorted();
  const middle = sorted.length / 2;
  const median = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  const bits = new Uint8Array(FINGERPRINT.bytes);
  for (const [index, value] of frequencies.entries()) {
    if (value > median) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return bits;
}

/** Columns first, then rows: [48, 48] -> [12, 48] -> [12, 12]. */
function lowFrequencies(grey: ArrayLike<number>): Float64Array {
  const result = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (const [vertical, cosines] of COSINES.entries()) {
    const row = Float64Array.from({ length: PHASH_SIDE }, (_, x) =>
      cosines.reduce((sum, cosine, y) => sum + cosine * (grey[y * PHASH_SIDE + x] ?? 0), 0),
    );
    for (const [horizontal, across] of COSINES.entries()) {
      result[vertical * FREQUENCIES + horizontal] = across.reduce(
        (sum, cosine, x) => sum + cosine * (row[x] ?? 0),
        0,
      );
    }
  }
  return result;
}
