import type { KeepingTokenCounter } from './create-token-counter.ts';
import type { TokenCount } from './token-counter.ts';

/** Counts of whole sequences of rows that outlive a process. */
export interface SequenceCountCache {
  /** Total and image tokens of each row in order, alternating; null where the sequence wasn't counted yet. */
  get(key: string): Uint32Array | null;
  save(key: string, counts: Uint32Array): void;
}

export interface SequenceCounter extends KeepingTokenCounter {
  /** Keeps the list: call it when every row came, and the rows were those that the key names. */
  finish(): void;
}

const FIRST_CAPACITY = 4096;

/**
 * A counter for rows whose order is known, such as a corpus's: when they were counted before, a row's count is the next
 * number of a list, and its texts aren't even hashed. Takes 8 bytes a row.
 *
 * @param key names the rows, their order and their form by content
 */
export function countsInOrder(
  counter: KeepingTokenCounter,
  key: string,
  cache: SequenceCountCache,
): SequenceCounter {
  const sequence = `${counter.key} ${key}`;
  const known = cache.get(sequence);
  let counted = new Uint32Array(known === null ? FIRST_CAPACITY : 0);
  let next = 0;
  const countAnew: KeepingTokenCounter['count'] = (row) => {
    const count = counter.count(row);
    if (next + 2 > counted.length) counted = grown(counted);
    counted[next] = count.total;
    counted[next + 1] = count.image;
    next += 2;
    return count;
  };
  const countKnown = (counts: Uint32Array): TokenCount => {
    const [total, image] = [counts[next], counts[next + 1]];
    if (total === undefined || image === undefined) {
      throw new RangeError(`more rows than the ${counts.length / 2} that ${key} had when it was counted`);
    }
    next += 2;
    return { total, image, exact: counter.exact };
  };
  return {
    ...counter,
    count: known === null ? countAnew : () => countKnown(known),
    finish() {
      if (known === null) cache.save(sequence, counted.slice(0, next));
    },
  };
}

function grown(counts: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * counts.length);
  larger.set(counts);
  return larger;
}
