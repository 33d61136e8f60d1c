import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetFormat } from '../../../packages/corpus/src/formats/parquet.ts';
import { webdatasetFormat } from '../../../packages/corpus/src/formats/webdataset.ts';
import { readAll } from '../../contracts/format.ts';
import { buildRows } from '../build-row.ts';
import { writeFormat } from './write-format.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'retort damaged '));
});
afterAll(() => rmSync(dir, { recursive: true }));

function pathOf(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

describe('read of damaged files that carry their images', () => {
  it('tells that a file is no Parquet, and reads the next', async () => {
    const bytes =
      (await writeFormat(parquetFormat, buildRows(2))).get('train-00000.parquet') ?? new Uint8Array();
    const files = [pathOf('cut.parquet', bytes.subarray(0, -100)), pathOf('whole.parquet', bytes)];
    expect(await readAll(parquetFormat.read(files))).toMatchObject([
      { kind: 'unreadable', place: 'cut.parquet', reason: expect.stringContaining('no Parquet') },
      { kind: 'row' },
      { kind: 'row' },
    ]);
  });

  it('keeps the rows of an archive before the place where it is cut off, and reads the next', async () => {
    const bytes =
      (await writeFormat(webdatasetFormat, buildRows(3))).get('train-00000.tar') ?? new Uint8Array();
    const rowBytes = (bytes.byteLength - 1024) / 3;
    const files = [pathOf('cut.tar', bytes.subarray(0, 2 * rowBytes + 700)), pathOf('whole.tar', bytes)];
    const items = await readAll(webdatasetFormat.read(files));
    expect(items.slice(0, 2)).toMatchObject([{ kind: 'row' }, { kind: 'row' }]);
    expect(items.some((item) => item.kind === 'unreadable' && item.place.startsWith('cut.tar'))).toBe(true);
    expect(items.slice(-3)).toMatchObject([{ kind: 'row' }, { kind: 'row' }, { kind: 'row' }]);
  });
});
