import { hashHex } from '@retort/schema';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { createParquetFormat, parquetFormat } from '../../../packages/corpus/src/formats/parquet.ts';
import { formatContract } from '../../contracts/format.ts';
import { buildRow, buildRows } from '../build-row.ts';
import { imageBytesOf, writeFormat } from './write-format.ts';

interface ParquetRow {
  readonly image: { readonly bytes: Uint8Array; readonly path: string };
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

async function load(bytes: Uint8Array): Promise<readonly ParquetRow[]> {
  const rows = await parquetReadObjects({ file: arrayBufferOf(bytes), utf8: false });
  return rows.map(({ image, messages, ...metadata }) => ({ image, messages, ...metadata }));
}

formatContract('parquet', {
  format: parquetFormat,
  fileName: (split) => `${split}-00000.parquet`,
  imageName: (row) => `${hashHex(row.blobHash)}.jpg`,
  load: async (bytes) =>
    (await load(bytes)).map(({ image, messages }) => ({
      image: image.path,
      turns: messages.map(({ role, content }) => ({ role, text: content })),
    })),
});

describe('parquetFormat', () => {
  it("carries the images, what is known of a row, and Hugging Face's features", async () => {
    const bytes =
      (await writeFormat(parquetFormat, [buildRow()])).get('train-00000.parquet') ?? new Uint8Array();
    const [row] = await load(bytes);
    expect(Buffer.from(row?.image.bytes ?? [])).toEqual(imageBytesOf(buildRow()));
    expect(row).toMatchObject({
      id: 'made-up/quality/glide_normal_001.jpg',
      generator_setting: 'glide_normal',
      mos: 2.5,
      word_label: 'fair',
      saw_label: false,
      teacher: 'replay',
      model: 'gemini-1.5-pro',
    });
    const footer = parquetMetadata(arrayBufferOf(bytes)).key_value_metadata?.find(
      ({ key }) => key === 'huggingface',
    );
    const { features } = JSON.parse(footer?.value ?? '{}').info;
    expect(features.image).toEqual({ _type: 'Image' });
    expect(features.messages._type).toBe('List');
    expect(Object.keys(features).sort()).toEqual(Object.keys(row ?? {}).sort());
  });

  it('writes groups of 100 rows', async () => {
    const bytes =
      (await writeFormat(parquetFormat, buildRows(250))).get('train-00000.parquet') ?? new Uint8Array();
    const groups = parquetMetadata(arrayBufferOf(bytes)).row_groups.map((group) => Number(group.num_rows));
    expect(groups).toEqual([100, 100, 50]);
  });

  it('begins a new file when one is full, and loses no row', async () => {
    const files = await writeFormat(createParquetFormat(1), buildRows(250));
    expect([...files.keys()]).toEqual(['train-00000.parquet', 'train-00001.parquet', 'train-00002.parquet']);
    const rows = await Promise.all([...files.values()].map(load));
    expect(rows.map(({ length }) => length)).toEqual([100, 100, 50]);
  });
});
