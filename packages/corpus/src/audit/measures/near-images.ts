import { FINGERPRINT } from '@retort/schema';
import { createKeyTable } from '../key-table.ts';
import { createDisjointSets } from './disjoint-sets.ts';
import { FINGERPRINT_WORDS, findClosePairs } from './hamming-search.ts';
import { createIndexList } from './number-list.ts';

/** Images that look alike. */
export interface ImageGroups {
  /** A number an image, the same for images of one group; images are numbered as they came. */
  readonly groupOf: Uint32Array;
  readonly images: number;
  /** Pairs of different fingerprints within the radius. */
  readonly pairs: number;
  /** Bits that differ in the pair of them that is least alike; 0 without a pair. */
  readonly farthest: number;
}

/** Collects the fingerprints of images, each image once: about 70 bytes each. */
export function createImageCollector() {
  const images = createKeyTable();
  const fingerprints = createKeyTable();
  const fingerprintOf = createIndexList();
  const words = createIndexList();
  return {
    /** @returns the image's number */
    add(imageKey: string, fingerprint: Uint8Array): number {
      const image = images.indexOf(imageKey);
      if (image < fingerprintOf.length) return image;
      const known = fingerprints.count;
      const number = fingerprints.indexOf(String.fromCharCode(...fingerprint));
      if (number === known) for (const word of wordsOf(fingerprint)) words.push(word);
      fingerprintOf.push(number);
      return image;
    },
    /** Joins images whose fingerprints differ in at most `radius` bits, and those that such images join. */
    group(radius: number): ImageGroups {
      const sets = createDisjointSets(fingerprints.count);
      let [pairs, farthest] = [0, 0];
      findClosePairs(words.values(), radius, (a, b, distance) => {
        pairs += 1;
        farthest = Math.max(farthest, distance);
        sets.join(a, b);
      });
      const groupOf = fingerprintOf.values().map((number) => sets.rootOf(number));
      return { groupOf, images: images.count, pairs, farthest };
    },
  };
}

function wordsOf(fingerprint: Uint8Array): Uint32Array {
  const bytes = new Uint8Array(4 * FINGERPRINT_WORDS);
  bytes.set(fingerprint.subarray(0, FINGERPRINT.bytes));
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: FINGERPRINT_WORDS }, (_, word) => view.getUint32(4 * word, true));
}
