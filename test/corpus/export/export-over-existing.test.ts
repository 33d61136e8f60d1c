import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CorpusRow } from '@retort/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagePathIn } from '../../../packages/corpus/src/export/image-folder.ts';
import { exportCorpus } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';
import { bytesIn, optionsFor, rowsOfAllSplits } from './export-options.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'retort corpus '));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('exportCorpus where something is already', () => {
  it('fills the empty folder that a link leads to, and finds the export there', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    const [real, link] = [join(home, 'real'), join(home, 'link')];
    mkdirSync(real);
    symlinkSync(real, link);
    expect((await exportCorpus({ ...options, dir: link })).reused).toBe(false);
    expect(existsSync(join(real, 'corpus.json'))).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect((await exportCorpus({ ...options, dir: link })).reused).toBe(true);
  });

  it('keeps a complete export of the same corpus untouched, without reading a row', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    const first = await exportCorpus(options);
    const before = statSync(join(options.dir, 'corpus.json'));
    const unread: Iterable<CorpusRow> = {
      [Symbol.iterator]: () => {
        throw new Error('the rows were read');
      },
    };
    const second = await exportCorpus({ ...options, rows: unread });
    expect(second).toEqual({ ...first, reused: true });
    expect(statSync(join(options.dir, 'corpus.json')).ino).toBe(before.ino);
  });

  it.each<[string, (dir: string) => void]>([
    ['without its marker', (dir) => unlinkSync(join(dir, 'SHA256SUMS'))],
    ['with a cut marker', (dir) => truncateSync(join(dir, 'SHA256SUMS'), 100)],
    ['with a cut data file', (dir) => truncateSync(join(dir, 'minicpm-v/train.json'), 50)],
    ['with a missing data file', (dir) => unlinkSync(join(dir, 'ms-swift/val.jsonl'))],
    ['with a missing image', (dir) => unlinkSync(join(dir, imagePathIn(buildRow({}, 'test_000.jpg'))))],
    ['with another audit', (dir) => writeFileSync(join(dir, 'audit.json'), '{}\n')],
  ])('replaces an export %s', async (_what, damage) => {
    const options = await optionsFor(home, rowsOfAllSplits());
    await exportCorpus(options);
    const whole = bytesIn(options.dir);
    damage(options.dir);
    expect((await exportCorpus(options)).reused).toBe(false);
    expect(bytesIn(options.dir)).toEqual(whole);
    expect(readdirSync(home).sort()).toEqual(['blobs', 'corpus']);
  });

  it('adds a format by writing the export again', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    await exportCorpus({ ...options, formats: ['minicpm-v'] });
    expect((await exportCorpus(options)).reused).toBe(false);
    expect(existsSync(join(options.dir, 'ms-swift/train.jsonl'))).toBe(true);
  });

  it('uses an empty folder, and refuses one that holds another corpus or anything else', async () => {
    const options = await optionsFor(home, [buildRow()]);
    mkdirSync(options.dir);
    expect((await exportCorpus(options)).reused).toBe(false);
    const other = await optionsFor(home, [buildRow({ mos: 2.6 })]);
    await expect(exportCorpus(other)).rejects.toThrow(/another corpus/);
    const dir = join(home, 'notes');
    mkdirSync(dir);
    writeFileSync(join(dir, 'mine.txt'), 'keep');
    await expect(exportCorpus({ ...options, dir })).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(join(dir, 'mine.txt'), 'utf8')).toBe('keep');
  });

  it('replaces as much as it is allowed to', async () => {
    const options = await optionsFor(home, [buildRow()]);
    await exportCorpus(options);
    const fewer = { ...options, formats: ['ms-swift'], replace: 'incomplete' } as const;
    await expect(exportCorpus(fewer)).rejects.toThrow(/other formats or another shape.*--overwrite/);
    const other = await optionsFor(home, [buildRow({ mos: 2.6 })]);
    expect((await exportCorpus({ ...other, replace: 'any-corpus' })).reused).toBe(false);
    expect((await exportCorpus(other)).reused).toBe(true);
    const dir = join(home, 'notes');
    mkdirSync(dir);
    writeFileSync(join(dir, 'mine.txt'), 'keep');
    await expect(exportCorpus({ ...options, dir, replace: 'any-corpus' })).rejects.toThrow(/no corpus/);
  });

  it("removes what a killed process left, and leaves a living one's folder alone", async () => {
    const options = await optionsFor(home, [buildRow()]);
    const child = execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], {
      encoding: 'utf8',
    }).trim();
    const dead = join(home, `.corpus.partial-${hostname()}-${child}-abc`);
    const living = join(home, `.corpus.partial-${hostname()}-${process.ppid}-abc`);
    mkdirSync(dead);
    mkdirSync(living);
    await exportCorpus(options);
    expect([existsSync(dead), existsSync(living)]).toEqual([false, true]);
  });

  it('lets two exports of one corpus race: both succeed, the folder is whole', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    const results = await Promise.all([exportCorpus(options), exportCorpus(options)]);
    expect(results.map(({ key }) => key)).toEqual([options.manifest.key, options.manifest.key]);
    expect((await exportCorpus(options)).reused).toBe(true);
    expect(readdirSync(home).sort()).toEqual(['blobs', 'corpus']);
  });
  it('says what came first where two exports of one corpus differ', async () => {
    const options = { ...(await optionsFor(home, rowsOfAllSplits())), replace: 'incomplete' } as const;
    const one = exportCorpus(options);
    const other = exportCorpus({ ...options, formats: ['minicpm-v'] });
    const failed = (await Promise.allSettled([one, other])).filter(({ status }) => status === 'rejected');
    expect(failed).toEqual([
      expect.objectContaining({
        reason: expect.objectContaining({ message: expect.stringContaining('in other formats') }),
      }),
    ]);
  });

  it('lets exports race for the place of another corpus', async () => {
    await exportCorpus(await optionsFor(home, [buildRow({ mos: 2.6 })]));
    const options = { ...(await optionsFor(home, rowsOfAllSplits())), replace: 'any-corpus' } as const;
    await Promise.all([1, 2, 3, 4].map(() => exportCorpus(options)));
    expect((await exportCorpus(options)).reused).toBe(true);
    expect(readdirSync(home).sort()).toEqual(['blobs', 'corpus']);
  });
});
