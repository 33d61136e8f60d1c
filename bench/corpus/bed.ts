import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sizes } from './sizes.ts';
import { blobPath, imageHash, imagesOf } from './synthetic/rows.ts';
import { buildTextPool, type TextPool } from './synthetic/text-pool.ts';

/** What the rows of the table share. */
export interface CorpusBed {
  readonly sizes: Sizes;
  readonly log: (message: string) => void;
  /** Executable that runs the baselines. */
  readonly python: string;
  /** Makes sure that synthetic rows can be made and that their images are there. */
  ensureData(rows: number): Promise<{ pool: string; blobs: string }>;
  /** What synthetic rows are put together from. */
  readonly texts: TextPool;
  /** Calls `work` with a new, empty folder, which is removed afterwards. */
  inFolder<T>(work: (dir: string) => Promise<T>): Promise<T>;
}

export interface CorpusBedOptions extends Pick<CorpusBed, 'sizes' | 'log' | 'python'> {
  /** Images are kept here from one bench to the next. */
  readonly dataDir: string;
}

export async function createCorpusBed({ dataDir, ...shared }: CorpusBedOptions): Promise<CorpusBed> {
  const texts = await buildTextPool();
  const pool = join(dataDir, 'synthetic-texts.json');
  const blobs = join(dataDir, 'synthetic-blobs');
  await mkdir(blobs, { recursive: true });
  await writeFile(pool, JSON.stringify(texts));
  return {
    ...shared,
    texts,
    async inFolder(work) {
      const dir = await mkdtemp(join(dataDir, 'corpus-'));
      try {
        return await work(dir);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
    async ensureData(rows) {
      await ensureImages(blobs, imagesOf(texts, rows), shared.log);
      return { pool, blobs };
    },
  };
}

/** Files with nothing in them, one an image: an export with `--images path` looks whether they are there. */
async function ensureImages(blobs: string, images: number, log: (message: string) => void): Promise<void> {
  const counter = join(blobs, 'images');
  const made = Number(await readFile(counter, 'utf8').catch(() => '0'));
  if (made >= images) return;
  log(`making ${images - made} empty image files, once (kept in ${dirname(counter)})`);
  for (let image = made; image < images; image += 1) {
    const path = blobPath(blobs, imageHash(image));
    await writeFile(path, '').catch(async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, '');
    });
  }
  await writeFile(counter, String(images));
}
