/** The ids of a corpus's rows, kept as bytes: about as much memory as the text itself has. */
export interface RowIds {
  /** @returns the position of the row, counted from 0 */
  add(id: string): number;
  /** @throws RangeError when no row stands there */
  at(position: number): string;
  readonly count: number;
}

const FIRST_BYTES = 4096;
/** UTF-8 bytes that a UTF-16 unit takes at most. */
const BYTES_PER_UNIT = 3;

export function createRowIds(): RowIds {
  let bytes = Buffer.alloc(FIRST_BYTES);
  // Where each id ends: 8 bytes, since a million long paths pass 4 GB of text sooner than one thinks.
  let ends = new Float64Array(FIRST_BYTES);
  // An id that several findings list is one string.
  const made: (string | undefined)[] = [];
  let [count, used] = [0, 0];
  return {
    add(id) {
      const needed = used + id.length * BYTES_PER_UNIT;
      if (needed > bytes.length) {
        const grown = Buffer.alloc(Math.max(needed, 2 * bytes.length));
        bytes.copy(grown, 0, 0, used);
        bytes = grown;
      }
      if (count === ends.length) {
        const grown = new Float64Array(2 * count);
        grown.set(ends);
        ends = grown;
      }
      used += bytes.write(id, used);
      ends[count] = used;
      count += 1;
      return count - 1;
    },
    at(position) {
      const end = position < count ? ends[position] : undefined;
      if (end === undefined) throw new RangeError(`no row ${position} among ${count}`);
      made[position] ??= bytes.toString('utf8', position === 0 ? 0 : ends[position - 1], end);
      return made[position];
    },
    get count() {
      return count;
    },
  };
}
