import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalFile, pushFiles } from '@retort/hub';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type HubDouble, startHubDouble } from './hub-double.ts';

/** Files with their texts, written to a folder. */
function localFiles(texts: Readonly<Record<string, string>>): LocalFile[] {
  const dir = temporaryFolder();
  return Object.entries(texts).map(([path, text], i) => {
    const file = join(dir, String(i));
    writeFileSync(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { path, file, bytes: Buffer.byteLength(text), sha256 };
  });
}

const TEXTS = {
  'data/train.jsonl': 'a line\n'.repeat(100),
  'images/1.jpg': 'x'.repeat(500),
  'README.md': '# ü',
};

function push(
  double: HubDouble,
  files: readonly LocalFile[],
  change: Partial<Parameters<typeof pushFiles>[0]> = {},
) {
  return pushFiles({
    repo: 'lab/corpus',
    isPrivate: true,
    files,
    title: 'Corpus',
    hub: { url: double.url, token: 'hf_secret', fetch },
    onProgress: () => undefined,
    ...change,
  });
}

const textsIn = (double: HubDouble, repo = 'lab/corpus') =>
  Object.fromEntries(
    [...(double.repos.get(repo) ?? [])].map(([path, { bytes }]) => [path, bytes.toString()]),
  );

describe('pushFiles', () => {
  it('makes the repository and sends every file, small and large', async () => {
    const double = await startHubDouble();
    expect(await push(double, localFiles(TEXTS))).toEqual({
      url: `${double.url}/datasets/lab/corpus`,
      created: true,
      sent: 3,
      kept: 0,
    });
    expect(textsIn(double)).toEqual(TEXTS);
    expect(double.visibility.get('lab/corpus')).toBe('private');
  });

  it('sends nothing that is there, and only what changed', async () => {
    const double = await startHubDouble();
    await push(double, localFiles(TEXTS));
    double.asked.length = 0;
    expect(await push(double, localFiles(TEXTS))).toMatchObject({ created: false, sent: 0, kept: 3 });
    expect(double.asked.every((line) => line.startsWith('GET '))).toBe(true);
    const changed = { ...TEXTS, 'README.md': '# û', 'images/1.jpg': 'y'.repeat(500) };
    expect(await push(double, localFiles(changed))).toMatchObject({ sent: 2, kept: 1 });
    expect(textsIn(double)).toEqual(changed);
  });

  it('goes on where it broke off', async () => {
    const double = await startHubDouble();
    const many = localFiles(
      Object.fromEntries(Array.from({ length: 1_100 }, (_, i) => [`images/${i}.jpg`, `picture ${i}`])),
    );
    double.refuseAfter = 1;
    const progress: number[] = [];
    const broken = push(double, many, { onProgress: (sent) => progress.push(sent) });
    await expect(broken).rejects.toMatchObject({
      code: 'hub-failed',
      message: expect.stringContaining('503'),
    });
    expect(progress).toEqual([500]);
    double.refuseAfter = Number.POSITIVE_INFINITY;
    expect(await push(double, many)).toMatchObject({ created: false, sent: 600, kept: 500 });
    expect(Object.keys(textsIn(double))).toHaveLength(1_100);
  });

  it('says what is wrong with a token, and never shows it', async () => {
    const double = await startHubDouble();
    const hub = { url: double.url, token: 'hf_of_somebody_else', fetch };
    const refused = push(double, localFiles(TEXTS), { hub });
    await expect(refused).rejects.toThrow(/answered 401.*HF_TOKEN needs the right/);
    const error = await refused.catch((caught: Error) => caught);
    expect(String(error)).not.toContain('somebody_else');
    await expect(push(double, [], { hub: { ...hub, token: 'secret' } })).rejects.toThrow(/begins with hf_/);
  });

  it('refuses a name without an owner before it asks anything', async () => {
    const double = await startHubDouble();
    await expect(push(double, [], { repo: 'corpus' })).rejects.toMatchObject({ code: 'usage' });
    expect(double.asked).toEqual([]);
  });

  it('says when nobody answers', async () => {
    const double = await startHubDouble();
    const hub = { url: 'http://127.0.0.1:1', token: 'hf_secret', fetch };
    await expect(push(double, localFiles(TEXTS), { hub })).rejects.toMatchObject({
      code: 'hub-failed',
      message: expect.stringContaining("can't be reached"),
    });
  });
});
