import { basename } from 'node:path';
import type { FileMetaData } from 'hyparquet';
import { decodeRow, isObject } from './decode-row.ts';
import { withImageBytes } from './embedded-images.ts';
import type { ReadItem } from './read-row.ts';

/** Rows decoded at a time; a group of others' files may have 100,000, images among them. */
const ROWS_AT_ONCE = 100;
/** The library's own reader drops a byte order mark at the beginning of a text. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const PARSERS = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && UTF8.decode(bytes) };

/** Rows of Parquet files with `messages` or `conversations`, and `image` or `images` of paths or `{bytes, path}`. */
export async function* readParquetRows(files: readonly string[]): AsyncGenerator<ReadItem> {
  // Loaded where it is used: most commands read no Parquet.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  for (const path of files) {
    const name = basename(path);
    const file = await asyncBufferFromFile(path);
    let metadata: FileMetaData;
    try {
      metadata = await parquetMetadataAsync(file);
    } catch (error) {
      // Somebody's file may be anything; the next one is still read.
      yield { kind: 'unreadable', place: name, reason: `no Parquet: ${String(error)}` };
      continue;
    }
    const count = Number(metadata.num_rows);
    for (let start = 0; start < count; start += ROWS_AT_ONCE) {
      const end = Math.min(count, start + ROWS_AT_ONCE);
      const range = { file, metadata, rowStart: start, rowEnd: end, utf8: false, parsers: PARSERS };
      let rows: readonly unknown[];
      try {
        rows = await parquetReadObjects(range);
      } catch (error) {
        // A damaged group: its rows are told as one item.
        const place = `${name} rows ${start + 1} to ${end}`;
        yield { kind: 'unreadable', place, reason: `damaged: ${String(error)}` };
        continue;
      }
      yield* rows.map((row, index) => decodeParquetRow(row, `${name} row ${start + index + 1}`));
    }
  }
}

function decodeParquetRow(row: unknown, place: string): ReadItem {
  if (!isObject(row)) return decodeRow(row, place, { impliesNewline: false });
  const list = row.images ?? row.image ?? [];
  const images = Array.isArray(list) ? list : [list];
  return withImageBytes(row, images, place);
}
