import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { onTestFinished } from 'vitest';
import { type BlobStore, createBlobStore } from '../../packages/images/src/index.ts';

/** A folder that goes when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'retort-images-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes an image file and an empty blob store beside it. */
export async function writePicture(
  bytes: Uint8Array,
  name = 'picture',
): Promise<{ sourcePath: string; blobs: BlobStore }> {
  const folder = await temporaryFolder();
  const sourcePath = path.join(folder, name);
  await writeFile(sourcePath, bytes);
  return { sourcePath, blobs: createBlobStore(path.join(folder, 'blobs')) };
}

/** A picture in one colour. */
export function plain(width: number, height: number, background = '#ff0000'): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Left half red, right half blue: shows how a picture is turned. */
export function redAndBlue(width: number, height: number): Sharp {
  const blue = { create: { width: width / 2, height, channels: 3, background: '#0000ff' } } as const;
  return plain(width, height).composite([{ input: blue, left: width / 2, top: 0 }]);
}

/** A picture whose compressed file is large, so that a part can be cut off; the same at every call. */
export function noise(width: number, height: number): Sharp {
  let state = 1;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state >> 16;
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A PNG chunk with a true checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const checksum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** A small PNG whose header is valid and speaks of a huge image. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits a channel, RGB
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(64))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Paths of the images of the sample in the repository. */
export async function samplePictures(): Promise<string[]> {
  const folder = fileURLToPath(new URL('../../packages/datasets/sample/images/', import.meta.url));
  return (await readdir(folder)).sort().map((name) => path.join(folder, name));
}
