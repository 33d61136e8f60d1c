import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagePathIn } from '../../../packages/corpus/src/export/image-folder.ts';
import { exportCorpus } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';
import { optionsFor } from './export-options.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'retort corpus '));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('images of exportCorpus', () => {
  it('hard-links images instead of copying them', async () => {
    const options = await optionsFor(home, [buildRow()]);
    await exportCorpus(options);
    expect(statSync(join(options.dir, imagePathIn(buildRow()))).ino).toBe(
      statSync(options.images(buildRow())).ino,
    );
  });

  it('copies them when asked to, and names them where they lie with path', async () => {
    const options = await optionsFor(home, [buildRow()]);
    const copied = await exportCorpus({ ...options, dir: join(home, 'copied'), imageMode: 'copy' });
    const image = join(copied.path, imagePathIn(buildRow()));
    expect(readFileSync(image)).toEqual(readFileSync(options.images(buildRow())));
    expect(statSync(image).ino).not.toBe(statSync(options.images(buildRow())).ino);
    const named = await exportCorpus({ ...options, dir: join(home, 'named'), imageMode: 'path' });
    expect(existsSync(join(named.path, 'images'))).toBe(false);
    const [row] = JSON.parse(readFileSync(join(named.path, 'minicpm-v/train.json'), 'utf8'));
    expect(row.image).toBe(options.images(buildRow()));
  });

  it('puts no images beside formats that carry them', async () => {
    const options = await optionsFor(home, [buildRow()], { formats: ['parquet', 'webdataset'] });
    await exportCorpus(options);
    expect(readdirSync(options.dir).sort()).toEqual([
      'README.md',
      'SHA256SUMS',
      'audit.json',
      'corpus.json',
      'croissant.json',
      'parquet',
      'rows.jsonl',
      'webdataset',
    ]);
  });

  it('places an image that two rows show once', async () => {
    const rows = [buildRow({ aspect: 'correspondence' }), buildRow()];
    const options = await optionsFor(home, rows);
    await exportCorpus(options);
    const images = readFileSync(join(options.dir, 'SHA256SUMS'), 'utf8').match(/ {2}images\/.*/g);
    expect(images).toEqual([`  ${imagePathIn(buildRow())}`]);
  });
});
