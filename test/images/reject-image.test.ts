import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBlobStore, DEFAULT_IMAGE_LIMITS, prepareImage } from '../../packages/images/src/index.ts';
import { canRunUnprivileged, runUnprivileged } from '../datasets/unprivileged.ts';
import { noise, plain, pngBomb, temporaryFolder, writePicture } from './pictures.ts';

const MODULE = new URL('../../packages/images/src/index.ts', import.meta.url).href;

async function reasonFor(bytes: Uint8Array, limits = DEFAULT_IMAGE_LIMITS): Promise<string> {
  const options = await writePicture(bytes, 'picture.png');
  const result = await prepareImage({ ...options, limits });
  expect(await readdir(path.dirname(options.sourcePath))).toEqual(['picture.png']); // no blob was begun
  if (result.kind === 'prepared') throw new Error('The image should have been rejected.');
  return result.reason;
}

describe('prepareImage, of an image that is no good', () => {
  it('says that a file is empty', async () => {
    expect(await reasonFor(Buffer.alloc(0))).toBe('The file is empty (0 bytes): fetch it again.');
  });

  it.each([
    ['<!DOCTYPE html><html><body>Not found</body></html>', 'HTML'],
    ['\n  <html>', 'HTML'],
    ['\uFEFF<?xml version="1.0"?><Error>NoSuchKey</Error>', 'XML'],
    ['<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>', 'SVG'],
    ['<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'git lfs pull'],
    ['{"error": "forbidden — café"}', 'text, not an image'],
    ['%PDF-1.7\n\0', 'beginning with 25504446'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1avif', 'HEIC'],
    ['BM\x36\x24\0\0\0\0\0\0\x36\0\0\0', 'BMP, which is not supported: convert it to PNG'],
  ])('sees that a PNG is really %j', async (text, word) => {
    expect(await reasonFor(Buffer.from(text))).toContain(word);
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('refuses half a %s', async (format) => {
    const bytes = await noise(256, 256).toFormat(format).toBuffer();
    const reason = await reasonFor(bytes.subarray(0, bytes.length / 2));
    expect(reason).toMatch(
      new RegExp(`^The file begins as ${format.toUpperCase()}, but .*: fetch it again\\.$`),
    );
  });

  it.each([1, 100])('refuses a JPEG that lacks its last %i bytes', async (missing) => {
    const bytes = await noise(256, 256).jpeg().toBuffer();
    expect(await reasonFor(bytes.subarray(0, -missing))).toContain('premature end');
  });

  it('refuses a JPEG that is damaged in the middle', async () => {
    const bytes = await noise(256, 256).jpeg().toBuffer();
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 50);
    expect(await reasonFor(bytes)).toContain('pixels');
  });

  it('refuses 30,000 x 30,000 pixels by the header', async () => {
    const bytes = pngBomb(30_000, 30_000);
    expect(bytes.length).toBeLessThan(100);
    expect(await reasonFor(bytes)).toBe(
      'The image has 30000 x 30000 pixels, and at most 64 megapixels are decoded: make it smaller first.',
    );
  });

  it('counts pixels, not sides', async () => {
    const bytes = await plain(100, 100).png().toBuffer();
    expect(await reasonFor(bytes, { ...DEFAULT_IMAGE_LIMITS, maxPixels: 9_999 })).toContain('100 x 100');
    const options = await writePicture(bytes);
    const result = await prepareImage({ ...options, limits: { ...DEFAULT_IMAGE_LIMITS, maxPixels: 10_000 } });
    expect(result.kind).toBe('prepared');
  });

  it('refuses a side under 32 pixels, also one that shrinking would make so small', async () => {
    expect(await reasonFor(await plain(31, 500).png().toBuffer())).toContain('at least 32');
    expect(await reasonFor(await plain(4000, 100).png().toBuffer())).toContain('too narrow');
  });

  it('refuses a file that is too large to be held in memory', async () => {
    const bytes = await noise(64, 64).png().toBuffer();
    const reason = await reasonFor(bytes, { ...DEFAULT_IMAGE_LIMITS, maxSourceBytes: bytes.length - 1 });
    expect(reason).toContain('at most 1 are taken');
  });

  it('refuses a TIFF of floating-point pixels', async () => {
    const bytes = await plain(64, 64).toColourspace('scrgb').tiff({ compression: 'none' }).toBuffer();
    expect(await reasonFor(bytes)).toBe(
      'The image has float pixels, and 8 or 16 bits a channel are taken: convert it to PNG.',
    );
  });

  it('says that a file is missing, a folder, or a link to itself', async () => {
    const folder = await temporaryFolder();
    const blobs = createBlobStore(path.join(folder, 'blobs'));
    await mkdir(path.join(folder, 'folder'));
    await writeFile(path.join(folder, 'file'), 'x');
    await symlink(path.join(folder, 'loop'), path.join(folder, 'loop'));
    const reasonOf = (name: string) => prepareImage({ sourcePath: path.join(folder, name), blobs });
    const because = (word: string) => ({ kind: 'rejected', reason: expect.stringContaining(word) });
    expect(await reasonOf('missing')).toEqual(because("isn't there"));
    expect(await reasonOf('file/below')).toEqual(because("isn't there"));
    expect(await reasonOf('folder')).toEqual(because('folder'));
    expect(await reasonOf('loop')).toEqual(because('back to itself'));
  });

  // Root reads everything, so this needs a child with another id that may read the checkout.
  it.skipIf(!canRunUnprivileged(MODULE))('says that a file may not be read', async () => {
    const { sourcePath } = await writePicture(await plain(64, 64).png().toBuffer());
    await chmod(path.dirname(sourcePath), 0o755);
    await chmod(sourcePath, 0o000);
    const result = runUnprivileged(`
      import { createBlobStore, prepareImage } from ${JSON.stringify(MODULE)};
      const blobs = createBlobStore('/nowhere');
      console.log(JSON.stringify(await prepareImage({ sourcePath: ${JSON.stringify(sourcePath)}, blobs })));`);
    expect(result).toEqual({ kind: 'rejected', reason: expect.stringContaining('may not be read') });
  });
});
