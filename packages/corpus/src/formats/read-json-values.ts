import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { sniffJson } from './json-container.ts';
import { splitBytesByLine } from './split-bytes-by-line.ts';
import { splitListElements } from './split-list-elements.ts';

/** A value of a file and where it stands, or a stretch of it that is none. */
export type JsonItem =
  | { readonly kind: 'value'; readonly place: string; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string };

const BYTE_ORDER_MARK_BYTES = 3;

/** Values of a JSON list, or of a file with one a line: whichever it is. Holds a piece of the file at a time. */
export async function* readJsonValues(path: string): AsyncGenerator<JsonItem> {
  const { container, hasByteOrderMark } = await sniffJson(path);
  const name = basename(path);
  if (hasByteOrderMark) {
    yield {
      kind: 'unreadable',
      place: name,
      reason: 'begins with a byte order mark: Python’s json refuses it',
    };
  }
  if (container === null) {
    yield { kind: 'unreadable', place: name, reason: 'expected a JSON list or JSON lines, found neither' };
    return;
  }
  const chunks = createReadStream(path, { start: hasByteOrderMark ? BYTE_ORDER_MARK_BYTES : 0 });
  yield* container === 'list' ? valuesOfList(chunks, name) : valuesOfLines(chunks, name);
}

async function* valuesOfList(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<JsonItem> {
  let row = 0;
  for await (const piece of splitListElements(decodeUtf8(chunks))) {
    row += 1;
    const place = `${name} row ${row}`;
    yield piece.kind === 'element'
      ? parseValue(piece.text, place)
      : { kind: 'unreadable', place, reason: piece.reason };
  }
}

/** Bytes that are no UTF-8 become U+FFFD, as in most readers; a byte order mark inside the text stays. */
async function* decodeUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* valuesOfLines(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<JsonItem> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let line = 0;
  for await (const bytes of splitBytesByLine(chunks)) {
    line += 1;
    const text = decoder.decode(bytes);
    if (text.trim() !== '') yield parseValue(text, `${name} line ${line}`);
  }
}

function parseValue(text: string, place: string): JsonItem {
  try {
    return { kind: 'value', place, value: JSON.parse(text) };
  } catch (error) {
    // Somebody's file may hold anything: what is wrong with this row is told, and the next is read.
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'unreadable', place, reason: `no JSON: ${error.message}` };
  }
}
