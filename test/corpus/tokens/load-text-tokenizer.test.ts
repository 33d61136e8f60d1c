import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadTextTokenizer, type TokenizerHub } from '../../../packages/corpus/src/index.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { TINY_TOKENIZER, writeTinyTokenizer } from './tiny-tokenizer.ts';

const STUDENT = 'minicpm-v-4_6';

/** A hub on the loopback interface that has one open model, one that asks for a token, and no other. */
async function startHub(): Promise<{ hub: TokenizerHub; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const isGuarded = request.url?.startsWith('/lab/guarded/') === true;
    if (isGuarded && request.headers.authorization !== 'Bearer secret') response.writeHead(401).end();
    else if (/^\/lab\/\w+\/resolve\/main\/tokenizer\.json$/.test(request.url ?? ''))
      response.end(JSON.stringify(TINY_TOKENIZER));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const cacheDir = join(temporaryFolder(), 'tokenizers');
  return { hub: { fetch, url: `http://127.0.0.1:${port}`, token: null, cacheDir }, asked };
}

const NO_HUB: TokenizerHub = {
  fetch: () => Promise.reject(new Error('nothing is to be fetched here')),
  url: 'http://localhost',
  token: null,
  cacheDir: '/nowhere',
};

describe('loadTextTokenizer of a path', () => {
  it('counts with a tokenizer.json, named by file or folder', async () => {
    const folder = writeTinyTokenizer(join(temporaryFolder(), 'model'));
    for (const source of [folder, join(folder, 'tokenizer.json')]) {
      const tokenizer = await loadTextTokenizer({ student: STUDENT, source, hub: NO_HUB });
      expect(tokenizer.count('the cat sat')).toBe(7); // the · Ġ cat · Ġ s a t
      expect(tokenizer).toMatchObject({ name: 'tokenizer.json of model', exact: true });
      expect(tokenizer.cacheKey).toMatch(/^sha256:/);
    }
  });

  it('takes another configuration for another tokenizer', async () => {
    const folder = writeTinyTokenizer(join(temporaryFolder(), 'model'));
    const keyOf = async () =>
      (await loadTextTokenizer({ student: STUDENT, source: folder, hub: NO_HUB })).cacheKey;
    const bare = await keyOf();
    writeFileSync(join(folder, 'tokenizer_config.json'), '{"add_prefix_space": true}');
    expect(await keyOf()).not.toBe(bare);
  });

  it('says what is missing, and what is no tokenizer', async () => {
    const folder = temporaryFolder();
    const load = (source: string) => loadTextTokenizer({ student: STUDENT, source, hub: NO_HUB });
    await expect(load(folder)).rejects.toMatchObject({ code: 'usage' });
    await expect(load(folder)).rejects.toThrow(/expected tokenizer\.json at/);
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": 3}');
    await expect(load(folder)).rejects.toThrow(/can't be read as one/);
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": {"type": "None of ours"}}');
    await expect(load(folder)).rejects.toThrow(/can't be read as one/);
  });
});

describe('loadTextTokenizer of a model on the hub', () => {
  it('downloads it once', async () => {
    const { hub, asked } = await startHub();
    for (const _ of [1, 2]) {
      const tokenizer = await loadTextTokenizer({ student: STUDENT, source: 'lab/open', hub });
      expect(tokenizer).toMatchObject({ name: 'tokenizer.json of lab/open', exact: true });
      expect(tokenizer.count('cat')).toBe(1);
    }
    expect(asked).toEqual([
      '/lab/open/resolve/main/tokenizer.json',
      '/lab/open/resolve/main/tokenizer_config.json',
    ]);
    expect(readdirSync(hub.cacheDir)).toEqual(['lab--open']);
  });

  it('shows its token where one is asked for, and says how to give one', async () => {
    const { hub } = await startHub();
    const load = (token: string | null) =>
      loadTextTokenizer({ student: STUDENT, source: 'lab/guarded', hub: { ...hub, token } });
    await expect(load(null)).rejects.toThrow(/answered 401: set HF_TOKEN/);
    expect((await load('secret')).count('cat')).toBe(1);
  });

  it('leaves nothing behind of a model that is not there, or when nobody answers', async () => {
    const { hub } = await startHub();
    const load = (change: Partial<TokenizerHub>) =>
      loadTextTokenizer({ student: STUDENT, source: 'nobody/nothing', hub: { ...hub, ...change } });
    await expect(load({})).rejects.toThrow(/has no tokenizer\.json for nobody\/nothing/);
    await expect(load({ fetch: () => Promise.reject(new Error('down')) })).rejects.toThrow(
      /can't be reached/,
    );
    expect(() => readdirSync(hub.cacheDir)).toThrow(/ENOENT/);
  });
});

describe('loadTextTokenizer without a name', () => {
  it("has Llama 3's vocabulary for the paper's student", async () => {
    const tokenizer = await loadTextTokenizer({ student: 'minicpm-llama3-v-2_5', source: null, hub: NO_HUB });
    expect(tokenizer).toMatchObject({ name: 'Llama 3 vocabulary', exact: true });
    // Ids 9906, 4435 and 0 in Llama 3's own tokenizer.
    expect(tokenizer.count('Hello World!')).toBe(3);
  });

  it('estimates for any other, and says so', async () => {
    const tokenizer = await loadTextTokenizer({ student: STUDENT, source: null, hub: NO_HUB });
    expect(tokenizer).toMatchObject({ name: 'estimated from above', exact: false, cacheKey: null });
  });
});
