import { textShare } from './text-key.ts';

export interface HashSample<T> {
  /**
   * @param id what decides whether the item is in the sample: the same ids give the same sample in any order
   * @param make called when it is
   */
  offer(id: string, make: () => T): void;
  /** Items taken, by their place in the sample's own order. */
  items(): readonly T[];
  readonly offered: number;
}

/**
 * A sample of at most `limit` items, drawn by the hash of their ids: whole as long as they fit, then every item whose hash is
 * below a half, a quarter, an eighth … So it has between half of `limit` and `limit` of what didn't fit, and doesn't depend
 * on the order or on a clock.
 */
export function createHashSample<T>(limit: number): HashSample<T> {
  let taken: { readonly share: number; readonly item: T }[] = [];
  let below = 1;
  let offered = 0;
  return {
    offer(id, make) {
      offered += 1;
      const share = textShare(id);
      if (share >= below) return;
      taken.push({ share, item: make() });
      while (taken.length > limit) {
        below /= 2;
        const bound = below;
        taken = taken.filter((entry) => entry.share < bound);
      }
    },
    items: () => taken.toSorted((a, b) => a.share - b.share).map(({ item }) => item),
    get offered() {
      return offered;
    },
  };
}
