import { readFile } from 'node:fs/promises';
import { sha256 } from '@retort/schema';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  createBlobStore,
  type PreparedImage,
  type PrepareOptions,
  prepareImage,
} from '../../packages/images/src/index.ts';
import {
  noise,
  plain,
  pngChunk,
  redAndBlue,
  samplePictures,
  temporaryFolder,
  writePicture,
} from './pictures.ts';

/** Prepares what has to succeed. */
async function prepare(options: PrepareOptions): Promise<PreparedImage & { jpeg: Uint8Array }> {
  const result = await prepareImage(options);
  if (result.kind === 'rejected') throw new Error(result.reason);
  return { ...result, jpeg: await options.blobs.read(result.blobHash) };
}

async function prepareBytes(bytes: Uint8Array) {
  return prepare(await writePicture(bytes));
}

/** Colour of one pixel. */
async function pixel(jpeg: Uint8Array, left: number, top: number): Promise<number[]> {
  return [...(await sharp(jpeg).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

/** A colour, but for what JPEG does to it. */
function near(red: number, green: number, blue: number) {
  return [red, green, blue].map((value) => expect.closeTo(value, -1));
}

describe('prepareImage', () => {
  it('prepares every image of the sample, each to its own blob', async () => {
    const blobs = createBlobStore(await temporaryFolder());
    const results = [];
    for (const sourcePath of await samplePictures()) results.push(await prepare({ sourcePath, blobs }));
    expect(results).toHaveLength(297);
    expect(new Set(results.map((result) => result.blobHash)).size).toBe(297);
    for (const result of results) {
      expect(result).toMatchObject({
        width: 512,
        height: 512,
        sourceFormat: 'jpeg',
        mediaType: 'image/jpeg',
      });
    }
  });

  it('hashes the source as it is and the blob as it is stored', async () => {
    const [sourcePath = ''] = await samplePictures();
    const result = await prepare({ sourcePath, blobs: createBlobStore(await temporaryFolder()) });
    expect(result.sourceHash).toBe(sha256(await readFile(sourcePath)));
    expect(result.blobHash).toBe(sha256(result.jpeg));
    expect(result.bytes).toBe(result.jpeg.length);
  });

  it('gives the same bytes for the same input, whatever the name and however many threads', async () => {
    const bytes = await noise(1500, 900).png().toBuffer();
    const threads = sharp.concurrency();
    const first = await prepare(await writePicture(bytes, 'a.png'));
    sharp.concurrency(threads === 1 ? 2 : 1);
    const second = await prepare(await writePicture(bytes, 'another name [page=1]'));
    sharp.concurrency(threads);
    expect(second).toEqual(first);
  });

  it('shrinks to 1,024 on the longer side and never enlarges', async () => {
    expect(await prepareBytes(await plain(4000, 1000).png().toBuffer())).toMatchObject({
      width: 1024,
      height: 256,
      sourceWidth: 4000,
      sourceHeight: 1000,
    });
    expect(await prepareBytes(await plain(40, 32).png().toBuffer())).toMatchObject({ width: 40, height: 32 });
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)(
    'tells %s by its content, whatever the extension',
    async (format) => {
      const bytes = await plain(64, 48).toFormat(format).toBuffer();
      const result = await prepare(await writePicture(bytes, 'picture.txt'));
      expect(result).toMatchObject({ sourceFormat: format, width: 64, height: 48 });
      expect(await pixel(result.jpeg, 30, 20)).toEqual(near(254, 0, 0));
    },
  );

  it('turns the picture as its EXIF orientation says', async () => {
    const bytes = await redAndBlue(80, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const result = await prepareBytes(bytes);
    expect(result).toMatchObject({ width: 40, height: 80, sourceWidth: 40, sourceHeight: 80 });
    expect(await pixel(result.jpeg, 20, 10)).toEqual(near(254, 0, 0));
    expect(await pixel(result.jpeg, 20, 70)).toEqual(near(0, 0, 254));
  });

  it('leaves no metadata: EXIF, XMP, ICC', async () => {
    const bytes = await plain(64, 64)
      .withExif({ IFD0: { ImageDescription: 'SECRET prompt' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>')
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    expect(bytes.includes('SECRET')).toBe(true);
    const { jpeg } = await prepareBytes(bytes);
    const { exif, xmp, icc, iptc, orientation } = await sharp(jpeg).metadata();
    expect([exif, xmp, icc, iptc, orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(Buffer.from(jpeg).includes('SECRET')).toBe(false);
  });

  it('leaves no text of a PNG, where generators write the image prompt', async () => {
    const png = await plain(64, 64).png().toBuffer();
    const afterHeader = 33; // signature 8, IHDR 25
    const text = pngChunk('tEXt', Buffer.from('parameters\0SECRET prompt', 'latin1'));
    const bytes = Buffer.concat([png.subarray(0, afterHeader), text, png.subarray(afterHeader)]);
    const { jpeg } = await prepareBytes(bytes);
    expect(Buffer.from(jpeg).includes('SECRET')).toBe(false);
    expect(jpeg).toEqual((await prepareBytes(png)).jpeg);
  });

  it('puts transparent pixels on white', async () => {
    const background = { r: 255, g: 0, b: 0, alpha: 0 };
    const bytes = await sharp({ create: { width: 64, height: 64, channels: 4, background } })
      .png()
      .toBuffer();
    expect(await pixel((await prepareBytes(bytes)).jpeg, 10, 10)).toEqual([255, 255, 255]);
  });

  it('converts a wide-gamut colour to sRGB', async () => {
    const tagged = await plain(64, 64, '#60ff40').withIccProfile('p3').png().toBuffer();
    // What the file holds, were its profile ignored: another green.
    const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).toEqual(near(143, 252, 98));
    expect(await pixel((await prepareBytes(tagged)).jpeg, 10, 10)).toEqual(near(96, 255, 64));
  });

  it.each([
    ['grey', 128, () => plain(64, 64, '#808080').toColourspace('b-w').png()],
    ['16 bits a channel', 128, () => plain(64, 64, '#808080').toColourspace('rgb16').png()],
    // Without a profile no other colour comes back from CMYK as it was.
    ['CMYK', 255, () => plain(64, 64, '#ffffff').toColourspace('cmyk').jpeg()],
  ])('stores %s as 8-bit sRGB without chroma subsampling', async (_name, value, picture) => {
    const { jpeg } = await prepareBytes(await picture().toBuffer());
    expect(await sharp(jpeg).metadata()).toMatchObject({
      format: 'jpeg',
      space: 'srgb',
      channels: 3,
      depth: 'uchar',
      chromaSubsampling: '4:4:4',
    });
    expect(await pixel(jpeg, 10, 10)).toEqual(near(value, value, value));
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => plain(64, 64, colour).png().toBuffer()),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const result = await prepareBytes(bytes);
    expect(result).toMatchObject({ width: 64, height: 64 });
    expect(await pixel(result.jpeg, 10, 10)).toEqual(near(254, 0, 0));
  });
});
