import { FINGERPRINT } from '@retort/schema';
import { createDisjointSets } from './disjoint-sets.ts';
import { FINGERPRINT_WORDS, findClosePairs } from './hamming-search.ts';
import { createNumberList } from './number-list.ts';

/** Images that look alike. */
export interface ImageGroups {
  /** A number an image, the same for images of one group; images are numbered as they came. */
  readonly groupOf: Uint32Array;
  /** Pairs of different fingerprints within the radius. */
  readonly pairs: number;
  readonly images: number;
  /** Of images whose fingerprints differ but are close, the pair that differs most; null without one. */
  readonly farthest: { readonly a: string; readonly b: string; readonly distance: number } | null;
}

/** Collects the fingerprints of images, each image once. */
export function createImageCollector() {
  const images = new Map<string, number>();
  const fingerprints = new Map<string, number>();
  const fingerprintOf = createNumberList();
  const words = createNumberList();
  return {
    /** @returns the image's number */
    add(imageKey: string, fingerprint: Uint8Array): number {
      const known = images.get(imageKey);
      if (known !== undefined) return known;
      const image = images.size;
      images.set(imageKey, image);
      const text = String.fromCharCode(...fingerprint);
      const number = fingerprints.get(text) ?? fingerprints.size;
      if (number === fingerprints.size) {
        fingerprints.set(text, number);
        for (const word of wordsOf(fingerprint)) words.push(word);
      }
      fingerprintOf.push(number);
      return image;
    },
    /** Joins images whose fingerprints differ in at most `radius` bits, and those that such images join. */
    group(radius: number): ImageGroups {
      const sets = createDisjointSets(fingerprints.size);
      let [pairs, farthest] = [0, { a: 0, b: 0, distance: -1 }];
      findClosePairs(Uint32Array.from(words.values()), radius, (a, b, distance) => {
        pairs += 1;
        sets.join(a, b);
        if (distance > farthest.distance) farthest = { a, b, distance };
      });
      const keys = [...images.keys()];
      const nameOf = (fingerprint: number): string => keys[fingerprintOf.values().indexOf(fingerprint)] ?? '';
      return {
        groupOf: Uint32Array.from(fingerprintOf.values(), (number) => sets.rootOf(number)),
        pairs,
        images: images.size,
        farthest:
          pairs === 0 ? null : { a: nameOf(farthest.a), b: nameOf(farthest.b), distance: farthest.distance },
      };
    },
  };
}

function wordsOf(fingerprint: Uint8Array): Uint32Array {
  const bytes = new Uint8Array(4 * FINGERPRINT_WORDS);
  bytes.set(fingerprint.subarray(0, FINGERPRINT.bytes));
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: FINGERPRINT_WORDS }, (_, word) => view.getUint32(4 * word, true));
}
