import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExportedItem, readExportedRows } from '../../packages/corpus/src/index.ts';
import { runDistill, runJson, temporaryFolder } from './run-distill.ts';

const FORMATS = ['llamafactory', 'minicpm-v', 'ms-swift', 'parquet', 'webdataset'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let home: string;
let corpus: string;

/** A home with the corpus of 40 images, of which some are in val and test. */
beforeAll(async () => {
  folder = await temporaryFolder();
  home = join(folder.dir, 'home');
  const run = await runJson(['--home', home, '--limit', '40', '--until', 'export', '--yes']);
  corpus = String((run.corpus as { key?: string }).key ?? run.corpus); // the run's result names it
}, 120_000);
afterAll(() => folder.remove());

async function rowsIn(dir: string): Promise<readonly ExportedItem[]> {
  const rows: ExportedItem[] = [];
  for await (const item of readExportedRows(dir)) rows.push(item);
  return rows;
}

const turnsOf = (items: readonly ExportedItem[]) =>
  items.map((item) => (item.kind === 'row' ? [item.row.sampleName, item.row.turns] : item.reason));

describe('distill export', () => {
  it('writes every format of the latest run’s corpus, all with the same conversations', async () => {
    const read: unknown[] = [];
    for (const format of FORMATS) {
      const out = join(folder.dir, format);
      const report = await runJson(['export', '--home', home, '--format', format, '--out', out]);
      expect(report).toMatchObject({ path: out, reused: false, rows: 80, left_out: 0, formats: [format] });
      execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: out });
      read.push(turnsOf(await rowsIn(out)));
    }
    expect(read[0]).toHaveLength(80);
    for (const other of read) expect(other).toEqual(read[0]);
  }, 120_000);

  it('has nothing to do a second time, and replaces another export only when told to', async () => {
    const out = join(folder.dir, 'again');
    const args = ['export', corpus.replace('sha256:', '').slice(0, 12), '--home', home, '--out', out];
    await runJson([...args, '--format', 'minicpm-v']);
    expect(await runJson([...args, '--format', 'minicpm-v'])).toMatchObject({ reused: true });
    const refused = await runDistill([...args, '--format', 'ms-swift']);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--overwrite');
    expect(await runDistill([...args, '--format', 'ms-swift', '--dry-run'])).toMatchObject({ code: 2 });
    const again = await runJson([...args, '--format', 'minicpm-v', '--dry-run']);
    expect(again).toMatchObject({ reused: true, path: null });
    expect(await runJson([...args, '--format', 'ms-swift', '--overwrite'])).toMatchObject({ reused: false });
    expect(existsSync(join(out, 'minicpm-v'))).toBe(false);
  }, 60_000);

  it('joins aspects in train, and shows no description in val and test', async () => {
    const out = join(folder.dir, 'joined');
    const joinFlags = ['--join', 'quality,correspondence', '--format', 'ms-swift', '--out', out];
    const report = await runJson(['export', '--home', home, ...joinFlags]);
    expect(report).toMatchObject({ rows: 80, left_out: 0, corpus });
    expect(report.key).not.toBe(corpus);
    for (const item of await rowsIn(out)) {
      if (item.kind !== 'row') throw new Error(item.reason);
      const { split, turns } = item.row;
      if (split === 'train') expect(turns[1]?.text).toMatch(/^Quality:\n[\s\S]+\n\nCorrespondence:\n/);
      else expect(['bad', 'poor', 'fair', 'good', 'excellent']).toContain(turns[1]?.text);
    }
    const { shape } = JSON.parse(readFileSync(join(out, 'corpus.json'), 'utf8'));
    expect(shape).toEqual({ corpus, join: ['quality', 'correspondence'] });
  }, 60_000);

  it('lists what it leaves out, writes only the splits that were asked for, and names images where they lie', async () => {
    const out = join(folder.dir, 'no-words');
    const flags = [
      '--no-words',
      '--split',
      'train,val',
      '--images',
      'path',
      '--format',
      'minicpm-v',
      '--out',
      out,
    ];
    const dry = await runJson(['export', '--home', home, ...flags, '--dry-run']);
    expect(existsSync(out)).toBe(false);
    const report = await runJson(['export', '--home', home, ...flags]);
    expect(report).toMatchObject({ key: dry.key, rows: dry.rows, left_out: dry.left_out });
    const listed = readFileSync(join(out, 'left-out.jsonl'), 'utf8').trim().split('\n');
    expect(listed).toHaveLength(Number(report.left_out));
    expect(JSON.parse(listed[0] ?? '')).toMatchObject({
      reason: expect.stringContaining('question and word only'),
    });
    expect(existsSync(join(out, 'images'))).toBe(false);
    const items = await rowsIn(out);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      if (item.kind !== 'row') throw new Error(item.reason);
      expect([item.row.split, item.row.turns.length]).toEqual(['train', 2]);
      expect(existsSync(item.imagePath ?? '')).toBe(true);
    }
  }, 60_000);

  it.each<[string, readonly string[], string]>([
    ['a format there is none of', ['--format', 'tfrecord'], 'use one of minicpm-v'],
    ['a split there is none of', ['--format', 'ms-swift', '--split', 'dev'], 'train, val, test'],
    ['an empty name', ['--format', 'ms-swift,'], 'names with commas'],
    ['four turns without words', ['--format', 'ms-swift', '--turns', '4', '--no-words'], 'use one of them'],
    [
      'an aspect nobody rated',
      ['--format', 'ms-swift', '--join', 'quality,authenticity'],
      'no rows about auth',
    ],
    ['no folder', ['--format', 'ms-swift', '--out', ''], '--out wants'],
    ['a corpus and a run', ['abc', '--run', 'abc', '--format', 'ms-swift'], 'leave one of them out'],
  ])('refuses %s in one sentence', async (_what, args, message) => {
    const { code, stderr } = await runDistill([
      'export',
      '--home',
      home,
      '--out',
      join(folder.dir, 'bad'),
      ...args,
    ]);
    expect([code, existsSync(join(folder.dir, 'bad'))]).toEqual([2, false]);
    expect(stderr).toContain(message);
  });

  it.each<[string, readonly string[], string]>([
    [
      'every row is left out',
      ['--max-tokens', '10'],
      'All 80 rows that were asked for are left out, the first is',
    ],
    ['the folder can’t be made', ['--out', '/proc/corpus'], '/proc/corpus can’t be written'],
  ])('says in a sentence that %s', async (_what, args, message) => {
    const out = join(folder.dir, 'bad');
    const common = ['export', '--home', home, '--format', 'ms-swift', '--out', out];
    const { code, stderr } = await runDistill([...common, ...args]);
    expect([code, existsSync(out)]).toEqual([1, false]);
    expect(stderr.replaceAll("'", '’')).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('says which corpus it doesn’t know', async () => {
    const args = ['export', 'ffff', '--home', home, '--format', 'ms-swift', '--out', join(folder.dir, 'bad')];
    const { code, stderr } = await runDistill(args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no corpus ffff')]);
  });
});
