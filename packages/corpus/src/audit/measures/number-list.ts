/** Numbers one after the other, 8 bytes each, however many there will be. */
export interface NumberList {
  push(value: number): void;
  readonly length: number;
  /** The value at `index`; NaN beyond the end. */
  at(index: number): number;
  /** What was pushed so far; not to be kept over the next push. */
  values(): Float64Array;
}

const FIRST_CAPACITY = 64;

export function createNumberList(): NumberList {
  let held = new Float64Array(FIRST_CAPACITY);
  let length = 0;
  return {
    push(value) {
      if (length === held.length) {
        const grown = new Float64Array(2 * length);
        grown.set(held);
        held = grown;
      }
      held[length] = value;
      length += 1;
    },
    get length() {
      return length;
    },
    at: (index) => (index < length ? (held[index] ?? Number.NaN) : Number.NaN),
    values: () => held.subarray(0, length),
  };
}
