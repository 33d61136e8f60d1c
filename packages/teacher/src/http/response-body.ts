/** Bytes of a body that are read: 8 MiB hold any answer with room to spare; who sends more is no teacher. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A body as it arrives. */
export interface ResponseBody {
  /** False when this is more than will be read. */
  add(chunk: Uint8Array): boolean;
  /** What came so far, as UTF-8; bytes that are none become U+FFFD. */
  text(): string;
  readonly isEmpty: boolean;
}

/** What is wrong with a body that `add` didn't take, for people. */
export const BODY_TOO_LONG = `a body over ${MAX_BODY_BYTES} bytes`;

export function createResponseBody(): ResponseBody {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    add(chunk) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) return false;
      chunks.push(chunk);
      return true;
    },
    text() {
      const [only] = chunks;
      const whole = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
      return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
    },
    get isEmpty() {
      return chunks.length === 0;
    },
  };
}
