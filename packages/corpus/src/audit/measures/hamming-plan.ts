import { FINGERPRINT } from '@retort/schema';

/** A piece of all fingerprints that is looked up by itself. */
export interface SearchChunk {
  /** First bit, and number of bits. */
  readonly start: number;
  readonly bits: number;
  /** Bits of the chunk that may differ. */
  readonly radius: number;
}

/** Bits of a fingerprint. */
const TOTAL_BITS = 8 * FINGERPRINT.bytes;
/** 2^22 buckets of 4 bytes: 16 MiB, twice while they are filled. */
const MAX_CHUNK_BITS = 22;
const MIN_CHUNK_BITS = 4;
/** Look-ups that reading a candidate costs. Half of a bucket are candidates: the others stand before. Measured on 300,000. */
const CANDIDATE_COST = 1;

/**
 * The chunks that find every pair within `radius` with the fewest look-ups among `count` fingerprints of random bits.
 *
 * With m chunks and `radius` = m * q + r, two fingerprints that near differ in at most q bits in one of the first r + 1 chunks, or in at
 * most q - 1 in one of the others: else they would differ in more than `radius`.
 */
export function planSearch(count: number, radius: number): readonly SearchChunk[] {
  const plans = Array.from({ length: TOTAL_BITS / MIN_CHUNK_BITS }, (_, index) =>
    chunksOf(index + 1, radius),
  ).filter((chunks) => chunks.every(({ bits }) => bits <= MAX_CHUNK_BITS));
  const costs = plans.map((chunks) => chunks.reduce((sum, chunk) => sum + costOf(chunk, count), 0));
  return plans[costs.indexOf(Math.min(...costs))] ?? [];
}

function chunksOf(parts: number, radius: number): readonly SearchChunk[] {
  const quotient = Math.floor(radius / parts);
  const wider = radius - quotient * parts;
  return Array.from({ length: parts }, (_, part) => {
    const start = Math.floor((part * TOTAL_BITS) / parts);
    const bits = Math.floor(((part + 1) * TOTAL_BITS) / parts) - start;
    return { start, bits, radius: part <= wider ? quotient : quotient - 1 };
  }).filter((chunk) => chunk.radius >= 0);
}

/** Look-ups a fingerprint, and setting the buckets up. */
function costOf({ bits, radius }: SearchChunk, count: number): number {
  let masks = 0;
  for (let set = 0, ways = 1; set <= radius; ways = (ways * (bits - set)) / (set + 1), set += 1)
    masks += ways;
  const buckets = 2 ** bits;
  return masks * (1 + (CANDIDATE_COST * count) / 2 / buckets) + buckets / count;
}
