import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { runDistill, runJson, temporaryFolder, testFolder } from './run-distill.ts';

const HOLDER = new URL('../store/children/hold-home.ts', import.meta.url);
const TEXT = 'A picture that nobody but a person would describe like this.';

interface ListedRow {
  readonly row: string;
  readonly split: string;
  readonly decision: string;
}

/** `distill review …` to a good end, with its JSON. */
async function review<T>(home: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runDistill(['review', ...args, '--home', home, '--json']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T; // the command's own JSON is what is under test
}

interface Made {
  readonly corpus: { readonly key: string; readonly path: string; readonly rows: number };
}

describe('distill review', () => {
  it('takes rows out of the next corpus, puts texts in, and leads back when all is undone', async () => {
    const home = await testFolder();
    const distill = async () =>
      (await runJson(['--home', home, '--limit', '12', '--until', 'export'])) as unknown as Made;
    const { corpus: before } = await distill();
    const rows = await review<ListedRow[]>(home, 'list', '--split', 'train', '--undecided');
    const [a, b, c] = rows.map(({ row }) => row);
    if (a === undefined || b === undefined || c === undefined) throw new Error('The sample has train rows.');
    await review(home, 'accept', a);
    await review(home, 'reject', b, '--note', 'another image', '--by', 'Ann');
    const text = join(home, 'text.txt');
    await writeFile(text, `${TEXT}\n`);
    await review(home, 'edit', c, '--text', text);
    expect(await review(home, 'list', '--rejected')).toMatchObject([
      { row: b, note: 'another image', by: 'Ann' },
    ]);
    const shown = await runDistill(['review', 'show', c, '--home', home]);
    expect(shown.stdout).toMatch(/\[-[\s\S]*\{\+[\s\S]*stands: edited/);

    const { corpus: after, ...rest } = await distill();
    expect(after.key).not.toBe(before.key);
    expect(after.rows).toBe(before.rows - 1);
    expect(rest).toMatchObject({ review: { accepted: 1, edited: 1, rejected: 1 } });
    const data = await readFile(join(after.path, 'minicpm-v', 'train.json'), 'utf8');
    expect(data).toContain(TEXT);
    expect(data).not.toContain(b);
    const image = c.slice(c.lastIndexOf('/') + 1);
    const { stdout } = await runDistill(['show', image, '--home', home]);
    expect(stdout).toMatch(/edited by a person[\s\S]*review: 3 edited/);

    await review(home, 'undo', a, b, c);
    expect((await distill()).corpus).toEqual(before);
  }, 180_000);

  it('works beside a running distill, and applies a list made elsewhere', async () => {
    const home = await testFolder();
    await runJson(['--home', home, '--limit', '3', '--until', 'export']);
    const holder = startNode(HOLDER, [home]);
    expect(await holder.line()).toBe('held');
    const [first, second] = await review<ListedRow[]>(home, 'list');
    const list = join(home, 'decisions.csv');
    await writeFile(
      list,
      `row,decision,note\n${first?.row},reject,blurred\nnobody,accept,\n${second?.row},accept,\n`,
    );
    const applied = await runDistill(['review', 'apply', list, '--home', home, '--json']);
    expect(applied.code).toBe(1);
    expect(JSON.parse(applied.stdout)).toMatchObject({ applied: 2, problems: [{ line: 3 }] });
    expect(applied.stderr).toMatch(/decisions\.csv, line 3: .*no answered row "nobody"/);
    expect((await review<ListedRow[]>(home, 'list')).map(({ decision }) => decision).slice(0, 2)).toEqual([
      'rejected',
      'accepted',
    ]);
  });
});

describe("distill review, asked for what it can't mean,", () => {
  // None of these changes the home, so they share it.
  let home: Awaited<ReturnType<typeof temporaryFolder>>;
  let row = '';
  beforeAll(async () => {
    home = await temporaryFolder();
    await runJson(['--home', home.dir, '--limit', '2', '--until', 'export']);
    row = (await review<ListedRow[]>(home.dir, 'list'))[0]?.row ?? '';
  });
  afterAll(() => home.remove());

  it.each([
    ['no command', [], /Usage/],
    ['an unknown row', ['accept', 'nobody.jpg'], /no answered row "nobody.jpg"/, 1],
    ['a rejection without a reason', ['reject', 'glide'], /--note/],
    ['two states at once', ['list', '--accepted', '--edited'], /not several/],
    ['an unknown aspect', ['list', '--aspect', 'beauty'], /--aspect is one of/],
    ['an unknown split', ['list', '--split', 'valid'], /--split is one of/],
    ['an edit without a text', ['edit', 'ROW'], /--text FILE/],
    ['a text that is not there', ['edit', 'ROW', '--text', '/nowhere.txt'], /can't be read \(ENOENT\)/],
    ['an undo of nothing', ['undo', 'ROW'], /nothing to undo/, 1],
    ['a list that is not there', ['apply', '/nowhere.jsonl'], /can't be read \(ENOENT\)/],
    ['an unknown run', ['list', '--run', 'nobodys'], /no run nobodys/, 1],
    ["an option of distill's", ['list', '--limit', '3'], /unknown option/],
  ] as [string, string[], RegExp, number?][])(
    'refuses %s',
    async (_what, args, message, code = 2) => {
      const typed = args.map((arg) => (arg === 'ROW' ? row : arg));
      const ended = await runDistill(['review', ...typed, '--home', home.dir]);
      expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
      expect(ended.stderr).toMatch(message);
    },
    180_000,
  );
});
