import { hashHex } from '@retort/schema';
import { unpackTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { createWebdatasetFormat, webdatasetFormat } from '../../../packages/corpus/src/formats/webdataset.ts';
import { formatContract } from '../../contracts/format.ts';
import { buildRow, buildRows } from '../build-row.ts';
import { imageBytesOf, writeFormat } from './write-format.ts';

async function load(bytes: Uint8Array) {
  const entries = await unpackTar(bytes, { strict: true });
  return entries.map(({ header, data }) => ({ header, data: Buffer.from(data ?? []) }));
}

formatContract('webdataset', {
  format: webdatasetFormat,
  fileName: (split) => `${split}-00000.tar`,
  imageName: (row) => `${hashHex(row.blobHash)}.jpg`,
  load: async (bytes) =>
    (await load(bytes))
      .filter(({ header }) => header.name.endsWith('.json'))
      .map(({ data }) => JSON.parse(data.toString('utf8')))
      .map(({ image_path, messages }) => ({
        image: image_path,
        turns: messages.map(({ role, content }: Record<string, string>) => ({ role, text: content })),
      })),
});

describe('webdatasetFormat', () => {
  it('puts image and JSON of a row side by side under one key, without a date or an owner', async () => {
    const bytes =
      (await writeFormat(webdatasetFormat, buildRows(2))).get('train-00000.tar') ?? new Uint8Array();
    const entries = await load(bytes);
    expect(entries.map(({ header }) => header.name)).toEqual([
      '000000000.jpg',
      '000000000.json',
      '000000001.jpg',
      '000000001.json',
    ]);
    expect(entries[0]?.data).toEqual(imageBytesOf(buildRow({}, 'train_000.jpg')));
    for (const { header } of entries) expect(header).toMatchObject({ mtime: new Date(0), uid: 0, gid: 0 });
    expect(bytes.byteLength % 512).toBe(0);
  });

  it('begins a new file when one is full', async () => {
    const files = await writeFormat(createWebdatasetFormat(5000), buildRows(5));
    expect([...files.keys()]).toEqual(['train-00000.tar', 'train-00001.tar', 'train-00002.tar']);
    const counts = await Promise.all([...files.values()].map(async (bytes) => (await load(bytes)).length));
    expect(counts).toEqual([4, 4, 2]);
  });
});
