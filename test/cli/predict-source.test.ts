import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linesOf } from '../../packages/cli/src/lines-of.ts';
import { imagesToScore, type PredictSource } from '../../packages/cli/src/predict-source.ts';

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<string | Buffer> {
  yield* parts;
}

async function folderWith(...names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retort-source-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'below'));
  for (const name of names) await writeFile(join(folder, name), '');
  return folder;
}

async function collect(options: Partial<PredictSource>) {
  const nothing = { source: undefined, images: undefined, imagePrompts: undefined };
  const found = [];
  for await (const image of imagesToScore({ ...nothing, env: {}, stdin: chunks(), ...options }))
    found.push(image);
  return found;
}

describe('imagesToScore', () => {
  it('lists the images below a folder, named or by --images, with the prompts of a table', async () => {
    const folder = await folderWith('b.png', 'below/a.JPG', 'notes.txt');
    const table = join(folder, 'prompts.csv');
    await writeFile(table, 'name,prompt\nb.png,a fox\n');
    const found = await collect({ source: folder, imagePrompts: table });
    expect(found).toEqual([
      { image: 'b.png', path: join(folder, 'b.png'), image_prompt: 'a fox' },
      { image: 'below/a.JPG', path: join(folder, 'below/a.JPG'), image_prompt: null },
    ]);
    expect(await collect({ images: folder, imagePrompts: table })).toEqual(found);
  });

  it('takes every row of a CSV, without a prompt too, from its folder or from --images', async () => {
    const folder = await folderWith();
    const table = join(folder, 'list.csv');
    await writeFile(table, 'prompt,name,mos\n"a ""fox""",a.png,0\n,b.png,5\n');
    expect(await collect({ source: table })).toEqual([
      { image: 'a.png', path: join(folder, 'a.png'), image_prompt: 'a "fox"' },
      { image: 'b.png', path: join(folder, 'b.png'), image_prompt: null },
    ]);
    const [first] = await collect({ source: table, images: '/elsewhere' });
    expect(first?.path).toBe('/elsewhere/a.png');
  });

  it('reads paths and JSON lines from stdin, wherever the chunks end', async () => {
    const text = Buffer.from('a b.png\n\n{"path": "é.png", "prompt": "x"}\n{"path": "/c.png"}');
    const stdin = chunks(text.subarray(0, 21), text.subarray(21));
    expect(await collect({ source: '-', stdin, env: { INIT_CWD: '/here' } })).toEqual([
      { image: 'a b.png', path: '/here/a b.png', image_prompt: null },
      { image: 'é.png', path: '/here/é.png', image_prompt: 'x' },
      { image: '/c.png', path: '/c.png', image_prompt: null },
    ]);
  });

  it('refuses what cannot be meant, in a sentence', async () => {
    const folder = await folderWith('a.png');
    await expect(collect({})).rejects.toThrow('Say which images');
    await expect(collect({ source: join(folder, 'none') })).rejects.toThrow('IMAGES: there is no');
    await expect(collect({ source: join(folder, 'below') })).rejects.toThrow('holds no image');
    await expect(collect({ source: folder, images: folder })).rejects.toThrow('leave out --images');
    await expect(collect({ source: '-', stdin: chunks('{"paht": "a"}\n') })).rejects.toThrow(
      'Line 1 of stdin',
    );
  });
});

describe('linesOf', () => {
  it('breaks at \\n alone and puts characters together that a chunk has cut', async () => {
    const text = Buffer.from('ü\u2028b\nc');
    const lines = [];
    for await (const line of linesOf(chunks(text.subarray(0, 1), text.subarray(1)))) lines.push(line);
    expect(lines).toEqual(['ü\u2028b', 'c']);
  });
});
