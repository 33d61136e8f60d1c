import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canMount } from '../fixtures/can-mount.ts';
import { badDataset, COLUMNS, recordings, SAMPLE } from './bad-dataset.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

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

  it('ends a rated dataset that is too small for a scorer with its corpus, a report and the reason', async () => {
    const { folder } = await badDataset();
    const args = ['--home', await testFolder(), '--dataset', 'csv', '--path', folder, ...COLUMNS];
    const result = await runJson([...args, '--recordings', await recordings(folder)]);
    expect(result).toMatchObject({
      conversations: 10,
      checkpoint: null,
      note: expect.stringContaining('too small'),
    });
    expect(String(result.report)).toContain('report.html');
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
    ['a split that leaks', ['--split-by', 'random'], '--allow-leakage'],
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
