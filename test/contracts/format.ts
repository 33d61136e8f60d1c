import type { CorpusRow, Split } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import type { CorpusFormat } from '../../packages/corpus/src/formats/format.ts';
import { buildRow, buildRows } from '../corpus/build-row.ts';

/** A row as the consumer's loader sees it. */
export interface LoadedRow {
  readonly image: string;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

export interface FormatUnderTest {
  readonly format: CorpusFormat;
  /** Reads a file of the format the way its consumer does; turn texts as in our rows, `<image>` line included. */
  readonly load: (bytes: Uint8Array) => readonly LoadedRow[];
}

/** Writes rows of one split in memory; returns the bytes by file name. */
export async function writeFormat(
  format: CorpusFormat,
  rows: readonly CorpusRow[],
  split: Split = 'train',
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array[]>();
  const writer = await format.open(split, {
    imagePath: (row) => `images/${row.sampleName}`,
    createFile: async (name) => {
      const chunks: Uint8Array[] = [];
      files.set(name, chunks);
      return {
        write: async (chunk) => {
          chunks.push(Buffer.from(chunk));
        },
      };
    },
  });
  for (const row of rows) await writer.write(row);
  await writer.close();
  return new Map([...files].map(([name, chunks]) => [name, Buffer.concat(chunks)]));
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
export function formatContract(name: string, { format, load }: FormatUnderTest): void {
  const write = async (rows: readonly CorpusRow[], split: Split = 'train') => {
    const bytes = (await writeFormat(format, rows, split)).get(format.fileName(split));
    if (bytes === undefined) throw new Error(`${format.fileName(split)} wasn't written`);
    return bytes;
  };
  const loadedFrom = (row: CorpusRow) => ({ image: `images/${row.sampleName}`, turns: row.turns });
  const withDescription = (text: string, row = buildRow()) => ({
    ...row,
    turns: row.turns.map((turn, i) => (i === 1 ? { ...turn, text } : turn)),
  });

  describe(`corpus format ${name}`, () => {
    it('gives back the rows it was given, in order', async () => {
      const rows = buildRows(20);
      expect(load(await write(rows))).toEqual(rows.map(loadedFrom));
    });

    it('gives back odd text unchanged', async () => {
      const rows = ODD_TEXTS.map((text, i) => withDescription(text, buildRow({}, `${i}.jpg`)));
      expect(load(await write(rows))).toEqual(rows.map(loadedFrom));
    });

    it('takes rows without a rating, of two turns', async () => {
      const row = buildRow({ turns: buildRow().turns.slice(0, 2), mos: null, wordLabel: null });
      expect(load(await write([row]))).toEqual([loadedFrom(row)]);
    });

    it('writes only the roles user and assistant, the user first', async () => {
      for (const { turns } of load(await write(buildRows(5)))) {
        expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
      }
    });

    it('writes UTF-8 without a byte order mark, the same bytes every time', async () => {
      const bytes = await write(buildRows(5));
      expect(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)).not.toMatch(/^\ufeff/);
      expect(Buffer.compare(bytes, await write(buildRows(5)))).toBe(0);
    });

    it('names a file a split', async () => {
      const splits = ['train', 'val', 'test'] as const;
      expect(new Set(splits.map((split) => format.fileName(split))).size).toBe(3);
      for (const split of splits) expect(load(await write(buildRows(1, split), split))).toHaveLength(1);
    });

    it('names its side files apart from its data', () => {
      const names = format.sideFiles({ corpusKey: 'sha256:aa', splits: ['train'] }).map((side) => side.name);
      expect(new Set([...names, format.fileName('train')]).size).toBe(names.length + 1);
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
