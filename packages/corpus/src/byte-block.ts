/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** A piece of memory in which small texts become one large write. */
export interface ByteBlock {
  /** Puts a chunk behind the others; false, with nothing put, when there might not be room for it. */
  append(chunk: string | Uint8Array): boolean;
  /** What was put since the last call, valid until the next `append`. */
  take(): Uint8Array;
}

export function createByteBlock(capacity: number): ByteBlock {
  const buffer = Buffer.allocUnsafeSlow(capacity);
  let used = 0;
  return {
    append(chunk) {
      const most = typeof chunk === 'string' ? chunk.length * MAX_BYTES_PER_UNIT : chunk.byteLength;
      if (most > capacity - used) return false;
      if (typeof chunk === 'string') {
        used += buffer.write(chunk, used);
      } else {
        buffer.set(chunk, used);
        used += chunk.byteLength;
      }
      return true;
    },
    take() {
      const filled = buffer.subarray(0, used);
      used = 0;
      return filled;
    },
  };
}
