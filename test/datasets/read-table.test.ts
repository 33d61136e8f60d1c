import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../packages/datasets/src/read-table.ts';
import { collect, temporaryFolder } from './dataset-folder.ts';

async function read(text: string | Uint8Array) {
  const file = path.join(await temporaryFolder(), 'table.csv');
  await writeFile(file, text);
  return (await collect(readTable(file))).map(({ line, fields }) => [line, ...fields]);
}

describe('readTable', () => {
  it('counts the line a record starts in, over blank lines and line breaks in quotes', async () => {
    expect(await read('a,b\r\n1,"x\r\n\r\ny"\r\n\r\n\r\n2,z\r\n"3\n",""')).toEqual([
      [1, 'a', 'b'],
      [2, '1', 'x\r\n\r\ny'],
      [7, '2', 'z'],
      [8, '3\n', ''],
    ]);
  });

  it('reads mixed line ends, stray quotes and rows of any length', async () => {
    expect(await read('a,b\n1,5" pipe\r\n2\n3,4,5\r6,"say ""hi"""')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '5" pipe'],
      [3, '2'],
      [4, '3', '4', '5'],
      [5, '6', 'say "hi"'],
    ]);
  });

  it('reads characters and line ends that are cut by the reading buffer', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => [
      index + 2,
      String(index),
      'é漢😀'.repeat(index % 7),
    ]);
    const text = rows.map(([, index, characters]) => `${index},"${characters}"\r\n`).join('');
    expect(await read(`a,b\r\n${text}`)).toEqual([[1, 'a', 'b'], ...rows]);
  });

  it('names the line that is not UTF-8, also far into the file', async () => {
    const good = 'aé,b\n'.repeat(100_000);
    const bad = Buffer.concat([Buffer.from(good), Buffer.from('caf\xe9,b\n', 'latin1'), Buffer.from(good)]);
    await expect(read(bad)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining('line 100001 '),
    });
  });

  it('refuses a character that is cut by the end of the file', async () => {
    await expect(read(Buffer.from([0x61, 0x0a, 0xc3]))).rejects.toThrow('line 2 ');
  });

  it('stops at a quote that is never closed before it has drawn the file into memory', async () => {
    await expect(read(`a,b\n1,2\n3,"4\n${'5,6\n'.repeat(400_000)}`)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining('about line 3:'),
      cause: expect.objectContaining({ code: 'CSV_MAX_RECORD_SIZE' }),
    });
  });

  it('reads a table that is larger than the memory it gets', async () => {
    const file = path.join(await temporaryFolder(), 'large.csv');
    const records = 40_000;
    await writeFile(file, `name,prompt\n${`a.jpg,"${'x'.repeat(1000)}"\n`.repeat(records)}`);
    const module = new URL('../../packages/datasets/src/read-table.ts', import.meta.url).href;
    const code = `import { readTable } from ${JSON.stringify(module)};
      let count = 0;
      for await (const record of readTable(${JSON.stringify(file)})) count += record.fields.length / 2;
      console.log(count);`;
    const args = ['--max-old-space-size=24', '--input-type=module', '--eval', code];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim()).toBe(String(records + 1));
  });
});
