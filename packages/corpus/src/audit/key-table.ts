import { hash } from 'node:crypto';

/** Numbers texts in the order in which they first come, without keeping them: 24 bytes a text at most. */
export interface KeyTable {
  /** The number of `text`, counted from 0. Two texts of a million share one with a chance of 1 in 36 million. */
  indexOf(text: string): number;
  /** True when `text` comes for the first time; it is numbered then. */
  isNew(text: string): boolean;
  /** Different texts so far. */
  readonly count: number;
}

const FIRST_CAPACITY = 64;

/** Open addressing over the first 64 bits of SHA-256. */
export function createKeyTable(): KeyTable {
  let capacity = FIRST_CAPACITY;
  // Number of the text in a slot, plus 1; 0 is free.
  let slots = new Uint32Array(2 * capacity);
  let low = new Uint32Array(capacity);
  let high = new Uint32Array(capacity);
  let count = 0;
  const slotOf = (lowBits: number, highBits: number): number => {
    const mask = slots.length - 1;
    let slot = lowBits & mask;
    for (let held = slots[slot] ?? 0; held !== 0; held = slots[slot] ?? 0) {
      if (low[held - 1] === lowBits && high[held - 1] === highBits) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const grow = (): void => {
    capacity *= 2;
    low = grownCopy(low, capacity);
    high = grownCopy(high, capacity);
    slots = new Uint32Array(2 * capacity);
    for (let index = 0; index < count; index += 1)
      slots[slotOf(low[index] ?? 0, high[index] ?? 0)] = index + 1;
  };
  const table: KeyTable = {
    indexOf(text) {
      // As text: a Buffer each would be a million small pieces of memory outside the heap.
      const digest = hash('sha256', text, 'binary');
      const [lowBits, highBits] = [wordOf(digest, 0), wordOf(digest, 4)];
      const slot = slotOf(lowBits, highBits);
      const held = slots[slot] ?? 0;
      if (held !== 0) return held - 1;
      low[count] = lowBits;
      high[count] = highBits;
      count += 1;
      slots[slot] = count;
      if (count === capacity) grow();
      return count - 1;
    },
    isNew(text) {
      const known = count;
      return table.indexOf(text) === known;
    },
    get count() {
      return count;
    },
  };
  return table;
}

/** Four of a text's characters, each a byte, as a number: the first is the lowest. */
function wordOf(bytes: string, at: number): number {
  const byte = (place: number): number => bytes.charCodeAt(at + place);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}

function grownCopy(held: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity);
  grown.set(held);
  return grown;
}
