import { FINGERPRINT } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { planSearch } from '../../../../packages/corpus/src/audit/measures/hamming-plan.ts';
import {
  FINGERPRINT_WORDS,
  findClosePairs,
  hammingDistance,
} from '../../../../packages/corpus/src/audit/measures/hamming-search.ts';
import { createRandom } from '../../../../packages/corpus/src/compare/random.ts';

const BITS = FINGERPRINT.bytes * 8;
const LAST_WORD_BITS = BITS % 32 || 32;

/** Random fingerprints, each followed by copies with 0 to `most` bits turned over. */
function planted(families: number, most: number, random: () => number): Uint32Array {
  const all: number[] = [];
  for (let family = 0; family < families; family += 1) {
    const first = Array.from({ length: FINGERPRINT_WORDS }, (_, word) =>
      Math.floor(random() * 2 ** (word === FINGERPRINT_WORDS - 1 ? LAST_WORD_BITS : 32)),
    );
    all.push(...first);
    const copy = [...first];
    for (let turned = Math.floor(random() * (most + 1)); turned > 0; turned -= 1) {
      const bit = Math.floor(random() * BITS);
      copy[bit >> 5] = ((copy[bit >> 5] ?? 0) ^ (1 << (bit & 31))) >>> 0;
    }
    all.push(...copy);
  }
  return Uint32Array.from(all);
}

function bruteForce(words: Uint32Array, radius: number): string[] {
  const found: string[] = [];
  const count = words.length / FINGERPRINT_WORDS;
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      const distance = hammingDistance(words, a, b, BITS);
      if (distance <= radius) found.push(`${a} ${b} ${distance}`);
    }
  }
  return found.sort();
}

function search(words: Uint32Array, radius: number): string[] {
  const found: string[] = [];
  findClosePairs(words, radius, (a, b, distance) => found.push(`${a} ${b} ${distance}`));
  return found.sort();
}

describe('findClosePairs', () => {
  it('tells the same pairs as comparing all with all, each once, whatever the radius and the fingerprints', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const random = createRandom(seed);
      const radius = Math.floor(random() * 60);
      const words = planted(5 + Math.floor(random() * 120), radius + 12, random);
      expect(search(words, radius)).toEqual(bruteForce(words, radius));
    }
  });

  it('finds them among fingerprints that are far from random', () => {
    const random = createRandom(7);
    const words = planted(80, 30, random).map((word, index) =>
      index % FINGERPRINT_WORDS < 3 ? word & 0xf : word,
    );
    expect(search(words, 24)).toEqual(bruteForce(words, 24));
    expect(bruteForce(words, 24).length).toBeGreaterThan(80);
  });

  it('takes nothing from no fingerprint, or from one', () => {
    expect(search(new Uint32Array(0), 10)).toEqual([]);
    expect(search(new Uint32Array(FINGERPRINT_WORDS), 10)).toEqual([]);
  });
});

describe('planSearch', () => {
  it('covers all bits, and so much of the radius that no close pair can pass between the chunks', () => {
    for (const count of [2, 1000, 1_000_000]) {
      for (const radius of [0, 1, 10, 24, 40, 63]) {
        const chunks = planSearch(count, radius);
        // A pair that every chunk misses differs in at least radius + 1 bits of each: together more than the radius.
        expect(chunks.reduce((sum, chunk) => sum + chunk.radius + 1, 0)).toBeGreaterThan(radius);
        expect(chunks.every(({ start, bits }) => start >= 0 && start + bits <= BITS)).toBe(true);
      }
    }
  });

  it('takes longer chunks for more fingerprints', () => {
    const widest = (count: number) => Math.max(...planSearch(count, 24).map(({ bits }) => bits));
    expect(widest(1_000_000)).toBeGreaterThan(widest(10_000));
  });
});
