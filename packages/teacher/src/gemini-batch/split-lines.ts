/** A line of a stream of bytes, and what ended it: one that is too long is cut. */
export interface StreamLine {
  readonly text: string;
  readonly end: 'line-break' | 'end-of-stream' | 'too-long';
}

const LINE_FEED = 0x0a;

/** The lines of a stream, decoded one by one: as much memory as one line needs, and never more than `maxBytes` and a chunk. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<StreamLine> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const keep = (piece: Uint8Array): void => {
    if (bytes <= maxBytes) pieces.push(piece);
    bytes += piece.byteLength;
  };
  const take = (end: 'line-break' | 'end-of-stream'): StreamLine => {
    const tooLong = bytes > maxBytes;
    const text = Buffer.concat(pieces).subarray(0, maxBytes).toString('utf8');
    pieces = [];
    bytes = 0;
    return { text, end: tooLong ? 'too-long' : end };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, start)) {
      keep(chunk.subarray(start, at));
      yield take('line-break');
      start = at + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (bytes > 0) yield take('end-of-stream');
}
