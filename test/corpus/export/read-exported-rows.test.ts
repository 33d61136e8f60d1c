import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CORPUS_FORMATS,
  type ExportedItem,
  exportCorpus,
  readExportedRows,
} from '../../../packages/corpus/src/index.ts';
import { optionsFor, rowsOfAllSplits } from './export-options.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'retort corpus '));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function readAll(dir: string): Promise<readonly ExportedItem[]> {
  const items: ExportedItem[] = [];
  for await (const item of readExportedRows(dir)) items.push(item);
  return items;
}

describe('readExportedRows', () => {
  it.each(CORPUS_FORMATS.map(({ name }) => name))(
    'gives back the rows of an export in %s, whole',
    async (name) => {
      const options = await optionsFor(home, rowsOfAllSplits(), { formats: [name] });
      await exportCorpus(options);
      const items = await readAll(options.dir);
      expect(items.map((item) => item.kind === 'row' && item.row)).toEqual(rowsOfAllSplits());
      for (const item of items) {
        if (item.kind !== 'row') continue;
        const isThere = item.imagePath === null ? item.imageBytes !== null : existsSync(item.imagePath);
        expect(isThere).toBe(true);
      }
    },
  );

  it('gives back what a person said of a row', async () => {
    const rows = rowsOfAllSplits().map((row, i) => (i === 1 ? { ...row, review: 'edited' as const } : row));
    const options = await optionsFor(home, rows);
    await exportCorpus(options);
    const items = await readAll(options.dir);
    expect(items.map((item) => item.kind === 'row' && item.row)).toEqual(rows);
  });

  it('tells a row that another one took the place of, and one that is missing', async () => {
    const options = await optionsFor(home, rowsOfAllSplits(), { formats: ['minicpm-v'] });
    await exportCorpus(options);
    const path = join(options.dir, 'minicpm-v/train.json');
    const [first, second] = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify([second, first]));
    const items = await readAll(options.dir);
    const told = items.flatMap((item) => (item.kind === 'unreadable' ? [item.reason] : []));
    expect(told).toEqual([
      expect.stringContaining('expected the row made-up/quality/train_000.jpg'),
      expect.stringContaining('expected the row made-up/quality/train_001.jpg'),
      expect.stringContaining('in no data file'),
    ]);
    expect(items).toHaveLength(7);
  });

  it('tells a row that was added to the data since', async () => {
    const options = await optionsFor(home, rowsOfAllSplits(), { formats: ['ms-swift'] });
    await exportCorpus(options);
    const path = join(options.dir, 'ms-swift/val.jsonl');
    const [line] = readFileSync(path, 'utf8').split('\n');
    appendFileSync(path, `${line}\n`);
    const items = await readAll(options.dir);
    expect(items).toHaveLength(8);
    expect(items.at(-1)).toMatchObject({ kind: 'unreadable', place: 'val.jsonl line 3' });
  });

  it('refuses a folder that is no export', async () => {
    await expect(readAll(home)).rejects.toThrow(/no rows.jsonl/);
  });
});
