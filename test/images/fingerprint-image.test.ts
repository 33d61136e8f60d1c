import { readFileSync } from 'node:fs';
import { FINGERPRINT } from '@retort/schema';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fingerprintImage } from '../../packages/images/src/index.ts';
import { PHASH_SIDE, phash } from '../../packages/images/src/phash.ts';
import { plain, samplePictures } from './pictures.ts';

interface ImagehashFixture {
  readonly exact: readonly { readonly image: string; readonly grey: string; readonly phash: string }[];
  readonly whole: Readonly<Record<string, string>>;
}

/** Bits of PyPI's imagehash: test/fixtures/images/README.md. */
const IMAGEHASH = JSON.parse(
  readFileSync(new URL('../fixtures/images/imagehash-4.3.2.json', import.meta.url), 'utf8'),
) as ImagehashFixture;

/** Bits that differ; all of them where there is no fingerprint. */
function distance(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null || b === null) return 8 * FINGERPRINT.bytes;
  return a.reduce(
    (sum, byte, index) => sum + (byte ^ (b[index] ?? 0)).toString(2).replaceAll('0', '').length,
    0,
  );
}

async function somePictures(every: number): Promise<string[]> {
  return (await samplePictures()).filter((_, index) => index % every === 0);
}

describe('phash', () => {
  it('has the bits of imagehash for the same pixels', () => {
    expect(IMAGEHASH.exact.length).toBeGreaterThan(3);
    for (const { grey, phash: expected } of IMAGEHASH.exact) {
      expect(Buffer.from(phash(Buffer.from(grey, 'base64'))).toString('hex')).toBe(expected);
    }
    expect(PHASH_SIDE ** 2).toBe(Buffer.from(IMAGEHASH.exact[0]?.grey ?? '', 'base64').length);
  });
});

describe('fingerprintImage', () => {
  it('is as near to imagehash as two ways of resizing are', async () => {
    const paths = new Map((await samplePictures()).map((path) => [path.split('/').at(-1) ?? '', path]));
    const distances: number[] = [];
    for (const [name, expected] of Object.entries(IMAGEHASH.whole)) {
      const ours = await fingerprintImage(paths.get(name) ?? '');
      if (ours !== null) distances.push(distance(ours, Buffer.from(expected, 'hex')));
    }
    expect(distances.length).toBeGreaterThan(45);
    expect(distances.reduce((a, b) => a + b, 0) / distances.length).toBeLessThan(3);
  });

  it('hardly changes when a picture is saved again, made smaller or brighter', async () => {
    for (const path of await somePictures(40)) {
      const before = await fingerprintImage(path);
      const again = await sharp(path).jpeg({ quality: 60 }).toBuffer();
      const smaller = await sharp(path).resize(200, 200).webp().toBuffer();
      const brighter = await sharp(path).modulate({ brightness: 1.1 }).png().toBuffer();
      for (const changed of [again, smaller, brighter]) {
        expect(distance(before, await fingerprintImage(changed))).toBeLessThanOrEqual(20);
      }
    }
  });

  it('is far away for another picture', async () => {
    const all = await Promise.all((await somePictures(30)).map((path) => fingerprintImage(path)));
    const between = all.flatMap((a, i) => all.slice(i + 1).map((b) => distance(a, b)));
    expect(between.length).toBeGreaterThan(20);
    expect(Math.min(...between)).toBeGreaterThan(24);
  });

  it('takes a picture with transparency, and one in grey, as it is seen', async () => {
    const [path = ''] = await samplePictures();
    const grey = await sharp(path).greyscale().png().toBuffer();
    const opaque = await sharp(path).ensureAlpha().png().toBuffer();
    expect(distance(await fingerprintImage(path), await fingerprintImage(opaque))).toBeLessThanOrEqual(4);
    expect(distance(await fingerprintImage(path), await fingerprintImage(grey))).toBeLessThanOrEqual(12);
  });

  it('has none for a picture of one colour', async () => {
    expect(await fingerprintImage(await plain(200, 100).png().toBuffer())).toBeNull();
  });
});
