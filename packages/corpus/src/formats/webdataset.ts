import { type CorpusRow, hashHex } from '@retort/schema';
import { packTar } from 'modern-tar';
import type { CorpusFormat, DataFile, FormatContext } from './format.ts';
import { jsonLine } from './json-text.ts';
import { readWebdatasetRows } from './read-webdataset-rows.ts';
import { rowMetadata } from './row-metadata.ts';
import { assertExportable } from './row-rules.ts';
import { createShards } from './shards.ts';

/** Bytes after which a new file is begun: shards of about 1 GB are usual. A row's own come after this is looked at. */
const SHARD_BYTES = 1_000_000_000;
/** Two blocks of zeros end an archive. */
const END_OF_ARCHIVE_BYTES = 1024;
const KEY_DIGITS = 9;
/** What a file in an archive has besides name and size: the same on every machine and day. */
const FIXED_HEADER = { mtime: new Date(0), mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' };

/** WebDataset: tar files in which `000000001.jpg` and `000000001.json` of one key make a row. */
export const webdatasetFormat: CorpusFormat = createWebdatasetFormat(SHARD_BYTES);

/** @param shardBytes size after which a new file is begun */
export function createWebdatasetFormat(shardBytes: number): CorpusFormat {
  return {
    name: 'webdataset',
    embedsImages: true,
    fileGlob: (split) => `${split}-*.tar`,
    async open(split, context) {
      let rows = 0;
      const shards = createShards({
        shardBytes,
        create: async (number) => createShard(await context.createFile(`${split}-${number}.tar`)),
      });
      return {
        async write(row) {
          assertExportable(row);
          const entries = await encodeRow(row, String(rows).padStart(KEY_DIGITS, '0'), context);
          rows += 1;
          await shards.write(entries);
        },
        close: () => shards.close(),
      };
    },
    sideFiles: () => [],
    read: readWebdatasetRows,
  };
}

function createShard(file: DataFile) {
  let [rows, bytes] = [0, 0];
  return {
    async write(entries: Uint8Array): Promise<number> {
      await file.write(entries);
      rows += 1;
      bytes += entries.byteLength;
      return bytes;
    },
    async close(): Promise<void> {
      await file.write(new Uint8Array(END_OF_ARCHIVE_BYTES));
      await file.close(rows);
    },
  };
}

/** Both files of a row as they stand in the archive. */
async function encodeRow(row: CorpusRow, key: string, context: FormatContext): Promise<Uint8Array> {
  const json = Buffer.from(jsonLine(encodeJson(row)));
  const image = await context.readImage(row);
  const archive = await packTar([
    { header: { ...FIXED_HEADER, name: `${key}.jpg`, size: image.byteLength }, body: image },
    { header: { ...FIXED_HEADER, name: `${key}.json`, size: json.byteLength }, body: json },
  ]);
  return archive.subarray(0, archive.byteLength - END_OF_ARCHIVE_BYTES);
}

function encodeJson(row: CorpusRow) {
  return {
    ...rowMetadata(row),
    image_path: `${hashHex(row.blobHash)}.jpg`,
    messages: row.turns.map(({ role, text }) => ({ role, content: text })),
  };
}
