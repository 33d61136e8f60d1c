import { FINGERPRINT } from '@retort/schema';
import { planSearch, type SearchChunk } from './hamming-plan.ts';

/** 32-bit words that a fingerprint takes; the bits behind its last one are 0. */
export const FINGERPRINT_WORDS = Math.ceil(FINGERPRINT.bytes / 4);

/** Called once for each pair, `a` before `b`. */
export type PairListener = (a: number, b: number, distance: number) => void;

/**
 * Tells every pair of fingerprints of which at most `radius` bits differ, in no particular but always the same order.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012, arXiv 1307.2982): fingerprints are cut into chunks; of a close pair at least
 * one chunk is nearly equal, so that each chunk needs to be looked up only among its near neighbours. Chunks grow with the number of
 * fingerprints, which keeps what a look-up finds constant; pairs that are close are seen one by one, so whoever has thousands
 * of equal fingerprints should join them first.
 *
 * @param words `FINGERPRINT_WORDS` a fingerprint, one after the other
 */
export function findClosePairs(words: Uint32Array, radius: number, onPair: PairListener): void {
  const count = words.length / FINGERPRINT_WORDS;
  if (count < 2) return;
  const chunks = planSearch(count, radius);
  for (const [order, chunk] of chunks.entries()) {
    const earlier = chunks.slice(0, order);
    searchChunk(words, chunk, radius, (one, other, distance) => {
      const [a, b] = one < other ? [one, other] : [other, one];
      // The first chunk that can see a pair tells it.
      if (earlier.some((known) => chunkDistance(words, known, a, b) <= known.radius)) return;
      onPair(a, b, distance);
    });
  }
}

/** Bits that differ; counting ends above `limit`, and what is returned then is some number above it. */
export function hammingDistance(words: Uint32Array, a: number, b: number, limit: number): number {
  let distance = 0;
  for (let word = 0; word < FINGERPRINT_WORDS && distance <= limit; word += 1) {
    distance += countBits(wordAt(words, a, word) ^ wordAt(words, b, word));
  }
  return distance;
}

/**
 * Pairs within `radius` whose chunks differ in at most the chunk's radius of bits. Buckets are gone through in the order of their
 * keys, and the fingerprints lie in that order too: what a look-up reads is then mostly in the processor's cache.
 */
function searchChunk(words: Uint32Array, chunk: SearchChunk, radius: number, onPair: PairListener): void {
  const count = words.length / FINGERPRINT_WORDS;
  const keys = Uint32Array.from({ length: count }, (_, index) => chunkKey(words, chunk, index));
  const { starts, members } = bucketsOf(keys, chunk.bits);
  const sorted = sortWords(words, members);
  const masks = masksWithin(chunk);
  for (let key = 0; key + 1 < starts.length; key += 1) {
    const [start, end] = [starts[key] ?? 0, starts[key + 1] ?? 0];
    if (start === end) continue;
    for (const mask of masks) {
      const other = key ^ mask;
      // Each two buckets once; the bucket itself by the empty mask.
      if (other < key) continue;
      const otherEnd = starts[other + 1] ?? 0;
      for (let b = starts[other] ?? 0; b < otherEnd; b += 1) {
        const last = mask === 0 ? b : end;
        for (let a = start; a < last; a += 1) {
          const distance = hammingDistance(sorted, a, b, radius);
          if (distance <= radius) onPair(members[a] ?? 0, members[b] ?? 0, distance);
        }
      }
    }
  }
}

function sortWords(words: Uint32Array, members: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(words.length);
  for (const [place, member] of members.entries()) {
    const from = member * FINGERPRINT_WORDS;
    sorted.set(words.subarray(from, from + FINGERPRINT_WORDS), place * FINGERPRINT_WORDS);
  }
  return sorted;
}

/** Indexes sorted by key: those of a key stand from `starts[key]` to before `starts[key + 1]`, ascending. */
function bucketsOf(keys: Uint32Array, bits: number): { starts: Uint32Array; members: Uint32Array } {
  const starts = new Uint32Array(2 ** bits + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] ?? 0) + 1;
  for (let key = 1; key < starts.length; key += 1) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0);
  const next = starts.slice();
  const members = new Uint32Array(keys.length);
  for (const [index, key] of keys.entries()) {
    const place = next[key] ?? 0;
    members[place] = index;
    next[key] = place + 1;
  }
  return { starts, members };
}

/** Every pattern of at most `radius` set bits of a chunk, the empty one first. */
function masksWithin({ bits, radius }: SearchChunk): Uint32Array {
  let ring = [0];
  const masks = new Set(ring);
  for (let set = 0; set < radius; set += 1) {
    ring = ring.flatMap((mask) => Array.from({ length: bits }, (_, bit) => mask | (1 << bit)));
    for (const mask of ring) masks.add(mask);
    ring = [...new Set(ring)];
  }
  return Uint32Array.from(masks);
}

/** Bits `start` to `start + bits` of a fingerprint as a number; a chunk reaches over at most two words. */
function chunkKey(words: Uint32Array, { start, bits }: SearchChunk, index: number): number {
  const word = start >> 5;
  const shift = start & 31;
  const low = wordAt(words, index, word) >>> shift;
  const high = shift + bits > 32 ? wordAt(words, index, word + 1) << (32 - shift) : 0;
  return ((low | high) & (2 ** bits - 1)) >>> 0;
}

function chunkDistance(words: Uint32Array, chunk: SearchChunk, a: number, b: number): number {
  return countBits(chunkKey(words, chunk, a) ^ chunkKey(words, chunk, b));
}

function wordAt(words: Uint32Array, index: number, word: number): number {
  return words[index * FINGERPRINT_WORDS + word] ?? 0;
}

/** Set bits of 32: sums of pairs, nibbles, bytes (Hacker's Delight, 5-1). */
function countBits(value: number): number {
  const pairs = value - ((value >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
