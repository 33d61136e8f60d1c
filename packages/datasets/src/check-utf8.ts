import { Transform } from 'node:stream';
import { DatasetUnreadableError } from './errors.ts';

const LINE_FEED = 0x0a;

/** Passes bytes on as they are and fails at the first line that isn't UTF-8. `file` is for the message. */
export function checkUtf8(file: string): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const check = (bytes: Buffer, isLast: boolean): DatasetUnreadableError | null => {
    try {
      decoder.decode(bytes, { stream: !isLast });
      return null;
    } catch (cause) {
      const message = `${file} isn't UTF-8 text: line ${line} has bytes that mean nothing in it. Save it as UTF-8.`;
      return new DatasetUnreadableError(file, message, { cause });
    }
  };
  const checkLines = (chunk: Buffer): DatasetUnreadableError | null => {
    for (let start = 0; start < chunk.length; ) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? chunk.length : lineFeed + 1;
      const error = check(chunk.subarray(start, end), false);
      if (error !== null) return error;
      if (lineFeed !== -1) line += 1;
      start = end;
    }
    return null;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const error = checkLines(chunk);
      if (error === null) done(null, chunk);
      else done(error);
    },
    flush(done) {
      done(check(Buffer.alloc(0), true));
    },
  });
}
