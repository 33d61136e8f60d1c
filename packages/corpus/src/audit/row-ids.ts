/** The ids of a corpus's rows, kept as bytes without the beginning that an id shares with the one before. */
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
/** Before an id's own bytes: how many it shares with the one before, in one byte, and how many follow, in four. */
const HEAD_BYTES = 5;
const SHARED_MOST = 255;
/** One id of so many is kept whole, so that few are gone through to find one. */
const BLOCK = 16;

export function createRowIds(): RowIds {
  let bytes: Buffer<ArrayBuffer> = Buffer.alloc(FIRST_BYTES);
  // Where each block begins: 8 bytes, since a million long paths pass 4 GB of text sooner than one thinks.
  let blocks = new Float64Array(FIRST_BYTES);
  // The id that was added last, and its length in bytes.
  let last: Buffer<ArrayBuffer> = Buffer.alloc(FIRST_BYTES);
  let lastLength = 0;
  // An id that several findings list is one string.
  const made: (string | undefined)[] = [];
  let [count, used] = [0, 0];
  const beginBlock = (): void => {
    const block = count / BLOCK;
    if (block === blocks.length) {
      const grown = new Float64Array(2 * block);
      grown.set(blocks);
      blocks = grown;
    }
    blocks[block] = used;
    lastLength = 0;
  };
  return {
    add(id) {
      if (count % BLOCK === 0) beginBlock();
      bytes = withRoom(bytes, used + HEAD_BYTES + id.length * BYTES_PER_UNIT);
      const own = used + HEAD_BYTES;
      const length = bytes.write(id, own);
      const shared = countShared(last, lastLength, bytes.subarray(own, own + length));
      last = withRoom(last, length);
      bytes.copy(last, shared, own + shared, own + length);
      lastLength = length;
      bytes.copyWithin(own, own + shared, own + length);
      bytes.writeUInt8(shared, used);
      bytes.writeUInt32LE(length - shared, used + 1);
      used = own + length - shared;
      count += 1;
      return count - 1;
    },
    at(position) {
      const start = position < count ? blocks[Math.floor(position / BLOCK)] : undefined;
      if (start === undefined) throw new RangeError(`no row ${position} among ${count}`);
      made[position] ??= readId(bytes, start, position % BLOCK);
      return made[position];
    },
    get count() {
      return count;
    },
  };
}

/** The id that stands `place` ids after the one at `start`. */
function readId(bytes: Buffer, start: number, place: number): string {
  let id = Buffer.alloc(0);
  for (let [index, at] = [0, start]; index <= place; index += 1) {
    const own = at + HEAD_BYTES;
    const end = own + bytes.readUInt32LE(at + 1);
    id = Buffer.concat([id.subarray(0, bytes.readUInt8(at)), bytes.subarray(own, end)]);
    at = end;
  }
  return id.toString('utf8');
}

/** Bytes that both begin with, as far as one byte can say. */
function countShared(last: Uint8Array, lastLength: number, id: Uint8Array): number {
  const most = Math.min(lastLength, id.length, SHARED_MOST);
  let shared = 0;
  while (shared < most && last[shared] === id[shared]) shared += 1;
  return shared;
}

/** The same bytes with room for `length` of them, and more where they had to move. */
function withRoom(bytes: Buffer<ArrayBuffer>, length: number): Buffer<ArrayBuffer> {
  if (length <= bytes.length) return bytes;
  const grown = Buffer.alloc(Math.max(length, 2 * bytes.length));
  bytes.copy(grown);
  return grown;
}
