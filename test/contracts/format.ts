import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CorpusRow, Split } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { findFormatOf } from '../../packages/corpus/src/formats/find-format-of.ts';
import type { CorpusFormat } from '../../packages/corpus/src/formats/format.ts';
import type { ReadItem } from '../../packages/corpus/src/formats/read-row.ts';
import { rowId } from '../../packages/corpus/src/row-id.ts';
import { buildRow, buildRows } from '../corpus/build-row.ts';
import { writeFormat } from '../corpus/formats/write-format.ts';

/** A row as the consumer's loader sees it. */
export interface LoadedRow {
  readonly image: string;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

export interface FormatUnderTest {
  readonly format: CorpusFormat;
  /** Reads a file of the format the way its consumer does; turn texts as in our rows, `<image>` line included. */
  readonly load: (bytes: Uint8Array) => Promise<readonly LoadedRow[]> | readonly LoadedRow[];
  /** The file that a split of a few rows is written to. */
  readonly fileName: (split: Split) => string;
  /** How the files name a row's image; its path unless given. */
  readonly imageName?: (row: CorpusRow) => string;
}

/** Everything that reading files in a format gives. */
export async function readAll(items: AsyncIterable<ReadItem>): Promise<readonly ReadItem[]> {
  const all: ReadItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const ODD_TEXTS = [
  'quotes " and \\ and \\" and \' and `',
  'lines \n\n and \r\n and \t and \u2028 and \u0085',
  'emoji 🙂🏽, RTL שלום, NUL \u0000, BOM \ufeff, combining e\u0301',
  'markup <b>bold</b> &amp; {"json": [1, 2]} ```fence```',
  '  spaces at both ends  ',
  'long '.repeat(20_000),
];

/** What every corpus format must do, whatever its bytes look like. */
export function formatContract(name: string, under: FormatUnderTest): void {
  const { format, load, fileName, imageName = (row) => `images/${row.sampleName}` } = under;
  const write = async (rows: readonly CorpusRow[], split: Split = 'train') => {
    const bytes = (await writeFormat(format, rows, split)).get(fileName(split));
    if (bytes === undefined) throw new Error(`${fileName(split)} wasn't written`);
    return bytes;
  };
  const loadedFrom = (row: CorpusRow) => ({ image: imageName(row), turns: row.turns });
  const withDescription = (text: string, row = buildRow()) => ({
    ...row,
    turns: row.turns.map((turn, i) => (i === 1 ? { ...turn, text } : turn)),
  });

  describe(`corpus format ${name}`, () => {
    it('gives back the rows it was given, in order', async () => {
      const rows = buildRows(20);
      expect(await load(await write(rows))).toEqual(rows.map(loadedFrom));
    });

    it('gives back odd text unchanged', async () => {
      const rows = ODD_TEXTS.map((text, i) => withDescription(text, buildRow({}, `${i}.jpg`)));
      expect(await load(await write(rows))).toEqual(rows.map(loadedFrom));
    });

    it('takes rows without a rating, of two turns', async () => {
      const row = buildRow({ turns: buildRow().turns.slice(0, 2), mos: null, wordLabel: null });
      expect(await load(await write([row]))).toEqual([loadedFrom(row)]);
    });

    it('writes only the roles user and assistant, the user first', async () => {
      for (const { turns } of await load(await write(buildRows(5)))) {
        expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
      }
    });

    it('writes the same bytes every time', async () => {
      const bytes = await write(buildRows(5));
      expect(Buffer.compare(bytes, await write(buildRows(5)))).toBe(0);
    });

    it('reads back what it wrote, and recognises its own file', async () => {
      const rows = [
        ...buildRows(3),
        ...ODD_TEXTS.map((text, i) => withDescription(text, buildRow({}, `z${i}.jpg`))),
      ];
      const dir = await mkdtemp(join(tmpdir(), 'retort format '));
      try {
        const path = join(dir, fileName('train'));
        await writeFile(path, await write(rows));
        const found = await findFormatOf(path);
        expect(found).toMatchObject({ format: { name }, files: [path], notes: [] });
        const items = await readAll(found.format.read(found.files));
        expect(items).toMatchObject(
          rows.map((row) => ({ kind: 'row', row: { images: [imageName(row)], turns: row.turns } })),
        );
        const ids = items.map((item) => (item.kind === 'row' ? item.row.id : undefined));
        expect(ids.every((id, i) => id === null || id === (rows[i] && rowId(rows[i])))).toBe(true);
      } finally {
        await rm(dir, { recursive: true });
      }
    });

    it('names a file a split', async () => {
      const splits = ['train', 'val', 'test'] as const;
      expect(new Set(splits.map((split) => format.fileGlob(split))).size).toBe(3);
      for (const split of splits) expect(await load(await write(buildRows(1, split), split))).toHaveLength(1);
    });

    it('names its side files apart from its data', () => {
      const names = format.sideFiles({ corpusKey: 'sha256:aa', splits: ['train'] }).map((side) => side.name);
      expect(new Set([...names, format.fileGlob('train')]).size).toBe(names.length + 1);
    });

    const { turns } = buildRow();
    const [question, description, wordQuestion, word] = turns;
    if (!question || !description || !wordQuestion || !word) throw new Error('the builder makes four turns');
    it.each<[string, Partial<CorpusRow>]>([
      ['an empty answer', { turns: [question, { ...description, text: '' }, wordQuestion, word] }],
      ['a blank answer', { turns: [question, { ...description, text: ' \n' }, wordQuestion, word] }],
      ['an image without a question', { turns: [{ ...question, text: '<image>\n' }, description] }],
      ['no turns', { turns: [] }],
      ['a single turn', { turns: [question] }],
      ['a trailing question', { turns: [question, description, wordQuestion] }],
      ['two answers in a row', { turns: [question, description, description, word] }],
      ['the assistant first', { turns: [description, question] }],
      ['no image token', { turns: [{ ...question, text: 'What?' }, description] }],
      ['a second image token', { turns: [{ ...question, text: `${question.text}<image>` }, description] }],
      ['an image token in the answer', { turns: [question, { ...description, text: 'The <image>.' }] }],
      ['a control token', { turns: [question, { ...description, text: 'Sharp.<|eot_id|>' }] }],
      ['half of a surrogate pair', { turns: [question, { ...description, text: 'Sharp \ud83d.' }] }],
      ['a description in test that saw the label', { split: 'test', sawLabel: true }],
    ])('refuses %s, naming the row', async (_what, change) => {
      const refused = write([buildRow(change)]);
      await expect(refused).rejects.toMatchObject({ code: 'corpus-row-invalid' });
      await expect(refused).rejects.toThrow('made-up/quality/glide_normal_001.jpg');
    });
  });
}
