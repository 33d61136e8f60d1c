import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFormatOf } from '../../../packages/corpus/src/index.ts';
import { readAll } from '../../contracts/format.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'retort read '));
});
afterAll(() => rmSync(dir, { recursive: true }));

const ROW = {
  id: 7,
  image: 'a.jpg',
  conversations: [
    { role: 'user', content: '<image>\nWhat?' },
    { role: 'assistant', content: 'A cat.' },
  ],
};
const SHAREGPT = {
  conversations: [
    { from: 'human', value: '<image>What?' },
    { from: 'gpt', value: 'A cat.' },
    { from: 'tool', value: '1' },
  ],
  images: ['a.jpg'],
};
const SWIFT = {
  messages: [{ role: 'user', content: '<image>What?' }],
  images: ['a.jpg', { bytes: null, path: 'b.jpg' }],
};

async function read(name: string, content: string | object) {
  const path = join(dir, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const { format, files, notes } = await findFormatOf(path);
  return { name: format.name, notes, items: await readAll(format.read(files)) };
}

describe('findFormatOf and read', () => {
  it("take MiniCPM-V's list, with ids that are numbers", async () => {
    expect(await read('a.json', [ROW])).toEqual({
      name: 'minicpm-v',
      notes: [],
      items: [
        {
          kind: 'row',
          row: {
            place: 'a.json row 1',
            id: '7',
            images: ['a.jpg'],
            turns: [
              { role: 'user', text: '<image>\nWhat?' },
              { role: 'assistant', text: 'A cat.' },
            ],
          },
        },
      ],
    });
  });

  it('take a dict of images, their placeholders as our image token', async () => {
    const turns = [{ role: 'user', content: '<image_00> or <image_01>?' }];
    const image = { '<image_00>': 'a.jpg', '<image_01>': 'b.jpg' };
    const { items } = await read('dict.json', [{ image, conversations: turns }]);
    expect(items).toMatchObject([
      { row: { images: ['a.jpg', 'b.jpg'], turns: [{ text: '<image> or <image>?' }] } },
    ]);
  });

  it("take sharegpt's from and value, human and gpt, and leave other speakers as they are", async () => {
    const { name, items } = await read('sharegpt.json', [SHAREGPT]);
    expect(name).toBe('llamafactory');
    expect(items).toMatchObject([
      { row: { turns: [{ role: 'user', text: '<image>What?' }, { role: 'assistant' }, { role: 'tool' }] } },
    ]);
  });

  it("take ms-swift's lines, with the newline that its template adds, and images as objects", async () => {
    const { name, items } = await read('s.jsonl', `${JSON.stringify(SWIFT)}\n\n${JSON.stringify(SWIFT)}`);
    expect(name).toBe('ms-swift');
    expect(items).toMatchObject([
      { row: { place: 's.jsonl line 1', images: ['a.jpg', 'b.jpg'], turns: [{ text: '<image>\nWhat?' }] } },
      { row: { place: 's.jsonl line 3' } },
    ]);
  });

  it("follow a folder's dataset_info.json, its columns and tags, and tell what it can't", async () => {
    const tags = { role_tag: 'who', content_tag: 'says', user_tag: 'me', assistant_tag: 'you' };
    const info = {
      mine: {
        file_name: 'mine.json',
        formatting: 'sharegpt',
        columns: { messages: 'talk', images: 'pics' },
        tags,
      },
      hub: { hf_hub_url: 'somebody/something' },
      alpaca: { file_name: 'alpaca.json' },
    };
    const talk = [
      { who: 'me', says: 'Hi <image>' },
      { who: 'you', says: 'Ho' },
    ];
    writeFileSync(join(dir, 'mine.json'), JSON.stringify([{ talk, pics: ['a.jpg'] }]));
    const { name, items } = await read('dataset_info.json', info);
    expect(name).toBe('llamafactory');
    expect(items).toMatchObject([
      { kind: 'unreadable', reason: expect.stringContaining('hub names no file') },
      { kind: 'unreadable', reason: expect.stringContaining('alpaca isn’t in the sharegpt') },
      { row: { images: ['a.jpg'], turns: [{ role: 'user', text: 'Hi <image>' }, { role: 'assistant' }] } },
    ]);
  });

  it('tell a list in a .jsonl and lines in a .json, and read both', async () => {
    const list = await read('list.jsonl', [SWIFT, SWIFT]);
    expect(list).toMatchObject({ name: 'ms-swift', notes: [expect.stringContaining('a JSON list')] });
    expect(list.items).toMatchObject([{ kind: 'row' }, { kind: 'row' }]);
    const lines = await read('lines.json', `${JSON.stringify(ROW)}\n${JSON.stringify(ROW)}\n`);
    expect(lines).toMatchObject({ name: 'minicpm-v', notes: [expect.stringContaining('JSON lines')] });
    expect(lines.items).toMatchObject([
      { kind: 'unreadable', place: 'lines.json', reason: expect.stringContaining('Extra data') },
      { kind: 'row' },
      { kind: 'row' },
    ]);
  });

  it.each<[string, string, string | object]>([
    ['no object', 'expected an object, got a number', [ROW, 5, ROW]],
    ['no conversation', 'expected a list “messages”, got nothing', [ROW, { image: 'a.jpg' }, ROW]],
    [
      'a null answer',
      'turn 0: expected text, got null',
      [ROW, { conversations: [{ role: 'user', content: null }] }, ROW],
    ],
    [
      'a speaker without a name',
      'turn 0: expected the speaker',
      [ROW, { conversations: [{ content: 'x' }] }, ROW],
    ],
    ['an image that is none', 'expected a path', [ROW, { ...ROW, image: 5 }, ROW]],
    ['a list of images that are none', 'expected a path as image 1', [ROW, { ...ROW, image: ['a', 5] }, ROW]],
    ['bad JSON', 'no JSON', `[${JSON.stringify(ROW)}, {"image": oops}, ${JSON.stringify(ROW)}]`],
    ['an empty place', 'between the commas', `[${JSON.stringify(ROW)}, , ${JSON.stringify(ROW)}]`],
  ])('keep the rows around %s, which is told with its place', async (_what, reason, content) => {
    const { items } = await read('bad.json', content);
    expect(items).toMatchObject([
      { kind: 'row' },
      { kind: 'unreadable', place: 'bad.json row 2', reason: expect.stringContaining(reason) },
      { kind: 'row' },
    ]);
  });

  it.each<[string, string, string]>([
    ['cut off', 'cut off', `[${JSON.stringify(ROW)}, {"image": "a`],
    ['with text after it', 'after the end', `[${JSON.stringify(ROW)}]\n[]`],
    ['with a comma too many', 'between the commas', `[${JSON.stringify(ROW)},]`],
  ])('keep what stands before the end of a list %s', async (_what, reason, content) => {
    const { items } = await read('cut.json', content);
    expect(items).toMatchObject([
      { kind: 'row' },
      { kind: 'unreadable', reason: expect.stringContaining(reason) },
    ]);
  });

  it('keep the lines around a bad one, and tell a byte order mark', async () => {
    const { items } = await read(
      'bom.jsonl',
      `\ufeff${JSON.stringify(SWIFT)}\n{oops\n${JSON.stringify(SWIFT)}\n`,
    );
    expect(items).toMatchObject([
      { kind: 'unreadable', reason: expect.stringContaining('byte order mark') },
      { kind: 'row' },
      { kind: 'unreadable', place: 'bom.jsonl line 2' },
      { kind: 'row' },
    ]);
  });

  it.each<[string, string | object, RegExp]>([
    ['a file of another kind', 'name,mos\n', /\.json, \.jsonl, \.parquet or \.tar/],
    ['JSON that is no corpus', [{ a: 1 }], /“conversations” or “messages”/],
  ])('refuse %s', async (what, content, message) => {
    const name = what === 'a file of another kind' ? 'x.csv' : 'x.json';
    await expect(read(name, content)).rejects.toThrow(message);
  });

  it('say that nothing is there', async () => {
    await expect(findFormatOf(join(dir, 'nowhere.json'))).rejects.toThrow(/found nothing there/);
  });
});
