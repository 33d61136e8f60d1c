import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runDistill, runJson, testFolder } from './run-distill.ts';

const SAMPLE = join(import.meta.dirname, '../../packages/datasets/sample');

/** A PNG whose header says 30,000 x 30,000 pixels. */
function bomb(): Buffer {
  const bytes = Buffer.alloc(64);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(30_000, 16);
  bytes.writeUInt32BE(30_000, 20);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}

/** A folder with ten good images and one of every bad row that a CSV can have. */
async function badDataset(): Promise<{ folder: string; bad: number }> {
  const folder = await testFolder();
  const images = join(folder, 'images');
  await mkdir(images);
  const good = (await readdir(join(SAMPLE, 'images'))).sort().slice(0, 10);
  for (const name of good) await copyFile(join(SAMPLE, 'images', name), join(images, name));
  const jpeg = join(SAMPLE, 'images', good[0] ?? '');
  await writeFile(join(images, 'empty.jpg'), '');
  await writeFile(join(images, 'page.png'), '<!doctype html><title>404</title>');
  await writeFile(join(images, 'bomb.png'), bomb());
  execFileSync('sh', ['-c', `head -c 4000 "${jpeg}" > "${join(images, 'cut.jpg')}"`]);
  await writeFile(join(folder, 'secret.jpg'), 'outside');
  await symlink(join(folder, 'secret.jpg'), join(images, 'link.jpg'));
  const bad = [
    'missing.jpg,a prompt,2',
    'empty.jpg,a prompt,2',
    'cut.jpg,a prompt,2',
    'page.png,a prompt,2',
    'bomb.png,a prompt,2',
    'link.jpg,a prompt,2',
    '../secret.jpg,a prompt,2',
    '/etc/passwd,a prompt,2',
    `${good[1]},a duplicate,2`,
    `${good[0]?.replace('000', '999')},not there either,2`,
    ',no name,2',
  ];
  const badMos = ['bad-mos.jpg,not a number,high', 'far.jpg,out of scale,77'];
  for (const name of ['bad-mos.jpg', 'far.jpg']) await copyFile(jpeg, join(images, name));
  const rows = good.map(
    (name, index) => `${name},"prompt ""${index}"",\r\nin two lines",${(index % 5) * 0.9}`,
  );
  const text = ['file,caption,score', ...rows, ...bad, ...badMos].join('\r\n');
  await writeFile(join(folder, 'data.csv'), `\ufeff${text}\r\n`);
  return { folder, bad: bad.length + badMos.length };
}

const COLUMNS = ['--columns', 'name=file,image_prompt=caption,mos_quality=score'];

async function recordings(folder: string): Promise<string> {
  const path = join(folder, 'answers.jsonl');
  const names = (await readdir(join(folder, 'images'))).sort();
  const line = (image: string): string =>
    JSON.stringify({
      image,
      aspect: 'quality',
      model: 'made-up',
      response: `Made up for a test: ${image} looks plain.`,
    });
  await writeFile(path, names.map((name) => `${line(name)}\n`).join(''));
  return path;
}

describe('bad input', () => {
  it('sets bad rows aside with file, row and reason; the rest goes on', async () => {
    const { folder, bad } = await badDataset();
    const home = await testFolder();
    const args = ['--home', home, '--dataset', 'csv', '--path', folder, ...COLUMNS];
    const replay = ['--recordings', await recordings(folder), '--until', 'export'];
    const result = await runJson([...args, ...replay]);
    expect(result).toMatchObject({ images: 10, rejected: bad, conversations: 10, dead_letters: 0 });
    const db = new Database(join(home, 'retort.sqlite'), { readonly: true });
    const reasons = db.prepare<[], { reason: string }>('SELECT reason FROM rejected_rows').all();
    const prompts = db.prepare<[], { image_prompt: string }>('SELECT image_prompt FROM samples').all();
    db.close();
    expect(reasons.every(({ reason }) => reason.length > 20)).toBe(true);
    expect(prompts.map(({ image_prompt }) => image_prompt)).toContain('prompt "3",\r\nin two lines');
    const strict = await runDistill([...args, ...replay, '--strict', '--home', await testFolder()]);
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(/data\.csv, line \d+/);
  });

  it('stops at a picture that cannot be used when it is strict, every time', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'images'));
    await writeFile(join(folder, 'images', 'page.png'), '<!doctype html><title>404</title>');
    await copyFile(join(SAMPLE, 'images', 'xl2.2_normal_014.jpg'), join(folder, 'images', 'good.jpg'));
    await writeFile(join(folder, 'data.csv'), 'name,prompt\npage.png,a\ngood.jpg,b\n');
    const args = ['--home', await testFolder(), '--path', folder, '--until', 'prepare', '--strict'];
    const answers = ['--recordings', await recordings(folder)];
    for (const _start of ['first', 'second']) {
      const end = await runDistill([...args, ...answers]);
      expect(end.code).toBe(1);
      expect(end.stderr).toContain('page.png');
    }
  });

  it('ends an unrated dataset after export with two-turn conversations, and says why', async () => {
    const { folder } = await badDataset();
    const home = await testFolder();
    const columns = ['--columns', 'name=file,image_prompt=caption'];
    const answers = ['--recordings', await recordings(folder)];
    const result = await runJson(['--home', home, '--path', folder, ...columns, ...answers]);
    expect(result).toMatchObject({
      checkpoint: null,
      metrics: {},
      note: expect.stringContaining('no ratings'),
    });
    const { path } = result.corpus as { path: string };
    const files = await readdir(join(path, 'ms-swift'));
    expect(files).toContain('train.jsonl');
  });

  it.each([
    ['an unknown option', ['--frobnicate'], '--frobnicate'],
    ['an unknown subcommand', ['frobnicate'], 'frobnicate'],
    ['an unknown aspect', ['--aspects', 'beauty'], 'quality, correspondence, authenticity'],
    ['an aspect nobody recorded', ['--aspects', 'authenticity'], 'authenticity'],
    ['a limit of nothing', ['--limit', '0'], '--limit'],
    ['a negative budget', ['--budget', '-1'], '--budget'],
    ['an unknown stage', ['--until', 'tomorrow'], 'import, prepare, teach'],
    ["the paper's split", ['--split-by', 'paper'], "isn't available"],
    ['a path that is not there', ['--path', '/nonexistent/images'], '/nonexistent/images'],
    ['a live teacher without a key', ['--teacher', 'gemini'], 'GEMINI_API_KEY'],
    [
      'a budget without a known price',
      ['--teacher', 'gemini', '--model', 'no-such', '--budget', '1'],
      'price',
    ],
  ])('refuses %s with one line and exit code 2', async (_what, args, expected) => {
    const env: Record<string, string> =
      expected === 'price' ? { GEMINI_API_KEY: 'AIza-nobody-0123456789' } : {};
    const end = await runDistill(['--home', await testFolder(), ...args], env);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(expected);
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
    expect(end.stdout).toBe('');
  });

  it('refuses a table without a needed column, and a database of a newer version, unharmed', async () => {
    const { folder } = await badDataset();
    const wrong = await runDistill(['--home', await testFolder(), '--dataset', 'agiqa-3k', '--path', folder]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('data.csv has no column');
    const home = await testFolder();
    const db = new Database(join(home, 'retort.sqlite'));
    db.exec('CREATE TABLE migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT');
    db.exec("INSERT INTO migrations VALUES ('9999_from_the_future', 'sha256:0')");
    db.close();
    const newer = await runDistill(['--home', home, '--until', 'import']);
    expect(newer.code).toBe(1);
    expect(newer.stderr).toContain('9999_from_the_future');
  });

  it.skipIf(!canMount())(
    'says that the disk is full, and goes on when there is room',
    { timeout: 120_000 },
    async () => {
      const home = await testFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=9m', 'tmpfs', home]);
      onTestFinished(() => void execFileSync('umount', ['-l', home]));
      const full = await runDistill(['--home', home, '--until', 'export']);
      expect(full.code).toBe(1);
      expect(full.stderr).toMatch(/full|No space is left/);
      execFileSync('mount', ['-o', 'remount,size=200m', home]);
      expect(await runJson(['--home', home, '--until', 'export'])).toMatchObject({
        images: 297,
        conversations: 594,
      });
    },
  );
});

/** Mounting needs root with CAP_SYS_ADMIN; elsewhere the test is skipped, and counted as such. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
