export type NumberArray = Float64Array | Uint32Array | Uint8Array;

/** Numbers one after the other, in as many bytes each as their array has, however many there will be. */
export interface NumberList<A extends NumberArray = Float64Array> {
  push(value: number): void;
  readonly length: number;
  /** The value at `index`; NaN beyond the end. */
  at(index: number): number;
  /** What was pushed so far; not to be kept over the next push. */
  values(): A;
}

const FIRST_CAPACITY = 64;

/** @param create an array of that length: its kind is the list's */
export function createNumberList<A extends NumberArray>(create: (length: number) => A): NumberList<A> {
  let held = create(FIRST_CAPACITY);
  let length = 0;
  return {
    push(value) {
      if (length === held.length) {
        const grown = create(2 * length);
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
    values: () => held.subarray(0, length) as A, // the same kind of array
  };
}

/** MOS, logarithms. */
export const createFloatList = () => createNumberList((length) => new Float64Array(length));
/** Whole numbers below 2^32: positions, numbers of texts. */
export const createIndexList = () => createNumberList((length) => new Uint32Array(length));
/** Whole numbers below 256. */
export const createByteList = () => createNumberList((length) => new Uint8Array(length));
