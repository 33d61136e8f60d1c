import { hash } from 'node:crypto';

/** Words of 32 bits kept of a text's SHA-256: of a billion texts two are taken for one with a chance of 1 in 10^20. */
const FINGERPRINT_WORDS = 4;
const FIRST_SLOTS = 1024;
/** Filled share from which the table doubles. */
const MAX_LOAD = 0.6;

/** Counts different texts without keeping them: about 30 bytes a text, where a Set of hashes takes 150. */
export interface DistinctCounter {
  add(text: string): void;
  readonly count: number;
}

export function createDistinctCounter(): DistinctCounter {
  let table: Uint32Array = new Uint32Array(FIRST_SLOTS * FINGERPRINT_WORDS);
  let count = 0;
  return {
    add(text) {
      const print = fingerprint(text);
      if (!insert(table, print)) return;
      count += 1;
      if (count * FINGERPRINT_WORDS > table.length * MAX_LOAD) table = doubled(table);
    },
    get count() {
      return count;
    },
  };
}

function fingerprint(text: string): Uint32Array {
  const digest = hash('sha256', text, 'buffer');
  const print = new Uint32Array(FINGERPRINT_WORDS);
  for (let i = 0; i < FINGERPRINT_WORDS; i += 1) print[i] = digest.readUInt32LE(4 * i);
  print[0] = (print[0] ?? 0) | 1; // a slot that begins with 0 is free
  return print;
}

/** @returns false when the fingerprint is there already */
function insert(table: Uint32Array, print: Uint32Array): boolean {
  const slots = table.length / FINGERPRINT_WORDS;
  for (let slot = (print[1] ?? 0) % slots; ; slot = (slot + 1) % slots) {
    const at = slot * FINGERPRINT_WORDS;
    if (table[at] === 0) {
      table.set(print, at);
      return true;
    }
    if (print.every((word, i) => table[at + i] === word)) return false;
  }
}

function doubled(table: Uint32Array): Uint32Array {
  const larger = new Uint32Array(table.length * 2);
  for (let at = 0; at < table.length; at += FINGERPRINT_WORDS) {
    if (table[at] !== 0) insert(larger, table.subarray(at, at + FINGERPRINT_WORDS));
  }
  return larger;
}
