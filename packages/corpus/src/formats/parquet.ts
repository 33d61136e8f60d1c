import { type CorpusRow, hashHex } from '@retort/schema';
import type { CorpusFormat, DataFile, FormatContext } from './format.ts';
import { HUGGING_FACE_FOOTER, PARQUET_COLUMNS, PARQUET_SCHEMA } from './parquet-schema.ts';
import { readParquetRows } from './read-parquet-rows.ts';
import { rowMetadata } from './row-metadata.ts';
import { assertExportable } from './row-rules.ts';
import { createShards } from './shards.ts';

/** Rows of a group; the viewer of Hugging Face refuses groups above 286 MiB, and a prepared image has up to 1 MB. */
const GROUP_ROWS = 100;
/** Bytes after which a new file is begun: Hugging Face advises 100 to 500 MB. */
const SHARD_BYTES = 500_000_000;

/**
 * Parquet with the images inside, as `datasets` loads it: `image` decoded, `messages` as a list. Files are numbered without
 * saying how many there are, so that none is renamed when the last is known.
 */
export const parquetFormat: CorpusFormat = createParquetFormat(SHARD_BYTES);

/** @param shardBytes size after which a new file is begun */
export function createParquetFormat(shardBytes: number): CorpusFormat {
  return {
    name: 'parquet',
    embedsImages: true,
    fileGlob: (split) => `${split}-*.parquet`,
    async open(split, context) {
      let group: CorpusRow[] = [];
      const shards = createShards({
        shardBytes,
        create: async (number) =>
          createShard(await context.createFile(`${split}-${number}.parquet`), context),
      });
      const flush = async () => {
        const rows = group;
        group = [];
        if (rows.length > 0) await shards.write(rows);
      };
      return {
        write(row) {
          assertExportable(row);
          group.push(row);
          return group.length < GROUP_ROWS ? undefined : flush();
        },
        async close() {
          await flush();
          await shards.close();
        },
      };
    },
    sideFiles: () => [],
    read: readParquetRows,
  };
}

async function createShard(file: DataFile, context: FormatContext) {
  // Loaded where it is used: most commands write no Parquet.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const buffer = new ByteWriter();
  // The whole buffer goes to the file after each group, so no more than a group is in memory.
  const flush = async () => {
    const bytes = buffer.getBytes().slice();
    buffer.index = 0;
    await file.write(bytes);
  };
  const writer = new ParquetWriter({
    writer: Object.assign(buffer, { flush, finish: flush }),
    schema: PARQUET_SCHEMA,
    kvMetadata: [HUGGING_FACE_FOOTER],
    createdBy: 'retort',
  });
  return {
    async write(rows: readonly CorpusRow[]): Promise<number> {
      const values = await Promise.all(rows.map((row) => encodeRow(row, context)));
      await writer.write({
        columnData: PARQUET_COLUMNS.map((name) => ({
          name,
          data: values.map((value) => value[name]),
          // A JPEG doesn't get smaller, and what is in it isn't searched for.
          ...(name === 'image' ? { codec: 'UNCOMPRESSED' as const, statistics: false } : {}),
        })),
        rowGroupSize: GROUP_ROWS,
      });
      return buffer.offset;
    },
    async close(): Promise<void> {
      await writer.finish();
      await file.close(Number(writer.num_rows));
    },
  };
}

async function encodeRow(row: CorpusRow, context: FormatContext) {
  return {
    ...rowMetadata(row),
    image: { bytes: await context.readImage(row), path: `${hashHex(row.blobHash)}.jpg` },
    messages: row.turns.map(({ role, text }) => ({ role, content: text })),
  };
}
