import { access, link, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/**
 * Noise of this size and strength becomes a JPEG of 60 KB when `distill` prepares it (recipe prepare-v1: quality 95, no
 * chroma subsampling; measured 2026-11-23: 59.7 KB). Small pictures, since the way to the teacher sees bytes only.
 */
const SIDE_PX = 256;
const NOISE_AMPLITUDE = 96;
const CHANNELS = 3;
/** Pictures made at once: sharp has threads of its own. */
const AT_ONCE = 8;

/** A folder with `images` JPEGs, no two alike, and a table of their prompts without ratings. Made once, by rename. */
export async function ensureDataset(dataDir: string, images: number): Promise<string> {
  const folder = join(dataDir, `noise-${SIDE_PX}px-${NOISE_AMPLITUDE}-${images}`);
  if (await exists(join(folder, 'data.csv'))) return folder;
  const names = Array.from({ length: images }, (_, index) => `noise-${String(index).padStart(6, '0')}.jpg`);
  const pool = join(dataDir, `noise-${SIDE_PX}px-${NOISE_AMPLITUDE}-pool`);
  await Promise.all([pool, folder].map((dir) => mkdir(dir, { recursive: true })));
  for (let start = 0; start < images; start += AT_ONCE) {
    await Promise.all(
      names.slice(start, start + AT_ONCE).map(async (name, offset) => {
        await ensureImage(join(pool, name), start + offset);
        await link(join(pool, name), join(folder, name)).catch(ignoreExisting);
      }),
    );
  }
  const rows = names.map((name, index) => `${name},"a picture of noise, number ${index}"`);
  await replaceFile(join(folder, 'data.csv'), `name,image_prompt\n${rows.join('\n')}\n`);
  return folder;
}

async function ensureImage(path: string, seed: number): Promise<void> {
  if (await exists(path)) return;
  const size = { width: SIDE_PX, height: SIDE_PX, channels: CHANNELS } as const;
  const jpeg = await sharp(noise(SIDE_PX * SIDE_PX * CHANNELS, seed), { raw: size })
    .jpeg({ quality: 95 })
    .toBuffer();
  await replaceFile(path, jpeg);
}

/** Grey with noise around it, the same for the same seed (xorshift32, Marsaglia 2003). */
function noise(length: number, seed: number): Buffer {
  const pixels = Buffer.alloc(length);
  let state = (seed + 1) * 0x9e3779b1;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    pixels[index] = 128 + Math.trunc((((state >>> 24) - 128) * NOISE_AMPLITUDE) / 255);
  }
  return pixels;
}

/** Whole or not at all; two benches may make the same file at once. */
async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
