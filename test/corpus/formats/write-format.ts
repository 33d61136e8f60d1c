import type { CorpusRow, Split } from '@retort/schema';
import type { CorpusFormat } from '../../../packages/corpus/src/formats/format.ts';

/** Bytes that stand for a row's prepared image. */
export function imageBytesOf(row: CorpusRow): Uint8Array {
  return Buffer.from(`prepared ${row.sampleName}`);
}

/** Writes rows of one split in memory; returns the bytes by file name. @param imageOf bytes of a row's prepared image */
export async function writeFormat(
  format: CorpusFormat,
  rows: readonly CorpusRow[],
  split: Split = 'train',
  imageOf: (row: CorpusRow) => Uint8Array = imageBytesOf,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array[]>();
  const writer = await format.open(split, {
    imagePath: (row) => `images/${row.sampleName}`,
    readImage: async (row) => imageOf(row),
    createFile: async (name) => {
      const chunks: Uint8Array[] = [];
      files.set(name, chunks);
      return {
        write: (chunk) => {
          chunks.push(Buffer.from(chunk));
        },
        close: async () => {},
      };
    },
  });
  for (const row of rows) await writer.write(row);
  await writer.close();
  return new Map([...files].map(([name, chunks]) => [name, Buffer.concat(chunks)]));
}
