import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureScorerEnvironment } from '@retort/pipeline';
import { readImageEndings } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { createBlobStore, prepareImage } from '../../packages/images/src/index.ts';
import { IMAGE_FORMATS } from '../../packages/images/src/sniff-format.ts';
import { plain, temporaryFolder } from '../images/pictures.ts';

const SCORER = fileURLToPath(new URL('../../packages/scorer/', import.meta.url));
const CACHE = process.env.RETORT_CACHE || fileURLToPath(new URL('../../.cache', import.meta.url));

/** Prints the colour in the middle of each file, as the scorer's own reader sees it. */
const READ = `
import json, sys
from pathlib import Path
from retort_scorer.source_image import read_source_image
print(json.dumps([read_source_image(Path(name), 8)[0, :, 4, 4].tolist() for name in sys.argv[1:]]))`;

/** The scorer's Python, unless it would have to be installed first. */
async function installedScorer(): Promise<string | null> {
  const onInstall = (): never => {
    throw new Error('not installed');
  };
  const scorer = ensureScorerEnvironment({ cacheDir: CACHE, env: process.env, onInstall });
  return scorer.then(
    ({ executable }) => executable,
    () => null,
  );
}

/** Small pictures of every accepted format, and of the variants of one that are likeliest to be read differently. */
async function pictures(): Promise<Readonly<Record<string, Uint8Array>>> {
  const colour = () => plain(64, 48, '#a03050');
  const named = await Promise.all(
    IMAGE_FORMATS.map(async (format) => [format, await colour().toFormat(format).toBuffer()] as const),
  );
  const generalBrand = await colour().avif().toBuffer();
  generalBrand.write('mif1', 8, 'latin1'); // the compatible brands, avif among them, stay
  return {
    ...Object.fromEntries(named),
    avifGeneralBrand: generalBrand,
    avif10Bit: await colour().avif({ bitdepth: 10 }).toBuffer(),
    png16Bit: await colour().toColourspace('rgb16').png().toBuffer(),
    tiffTiled: await colour().tiff({ compression: 'lzw', tile: true }).toBuffer(),
    webpLossless: await colour().webp({ lossless: true }).toBuffer(),
  };
}

const executable = await installedScorer();

describe('image formats', () => {
  it('are the same before the teacher is paid, in the scorer and for distill predict', async () => {
    const listed: unknown = JSON.parse(readFileSync(path.join(SCORER, 'image-formats.json'), 'utf8'));
    expect(Object.keys(Object(listed))).toEqual([...IMAGE_FORMATS]);
    expect(await readImageEndings()).toEqual(
      expect.arrayContaining(IMAGE_FORMATS.map((format) => `.${format}`)),
    );
  });

  it.skipIf(executable === null)('are read by prepareImage and by the scorer alike', async () => {
    const folder = await temporaryFolder();
    const blobs = createBlobStore(path.join(folder, 'blobs'));
    const paths: string[] = [];
    for (const [name, bytes] of Object.entries(await pictures())) {
      const sourcePath = path.join(folder, name);
      await writeFile(sourcePath, bytes);
      expect(await prepareImage({ sourcePath, blobs }), name).toMatchObject({ kind: 'prepared' });
      paths.push(sourcePath);
    }
    const options = { cwd: SCORER, encoding: 'utf8' } as const;
    const seen: unknown = JSON.parse(execFileSync(String(executable), ['-c', READ, ...paths], options));
    const near = [160, 48, 80].map((value) => expect.closeTo(value, -1)); // compression moves a colour a little
    expect(seen).toEqual(paths.map(() => near));
  });
});
