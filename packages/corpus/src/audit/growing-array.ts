/** Whole numbers below 2^32 by index, 4 bytes each, 0 where none was set. */
export interface GrowingArray {
  at(index: number): number;
  set(index: number, value: number): void;
}

const FIRST_CAPACITY = 64;

export function createGrowingArray(): GrowingArray {
  let held = new Uint32Array(FIRST_CAPACITY);
  return {
    at: (index) => held[index] ?? 0,
    set(index, value) {
      if (index >= held.length) {
        const grown = new Uint32Array(Math.max(2 * held.length, index + 1));
        grown.set(held);
        held = grown;
      }
      held[index] = value;
    },
  };
}
