import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hashHex, sha256 } from '@retort/schema';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBlobStore, prepareImage, sweepTemporaryBlobs } from '../../packages/images/src/index.ts';
import { canRunUnprivileged, runUnprivileged } from '../datasets/unprivileged.ts';
import { noise, temporaryFolder, writePicture } from './pictures.ts';

const MODULE = new URL('../../packages/images/src/index.ts', import.meta.url).href;
const BYTES = Buffer.from('a blob');

/** A full disk needs a file system of our own: root with CAP_SYS_ADMIN. */
const canMount = canMountTmpfs();

function canMountTmpfs(): boolean {
  // In a mount namespace of its own the try leaves nothing behind.
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

/** An almost empty file system with room for `bytes`. */
async function mountSmallDisk(bytes: number): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

describe('createBlobStore', () => {
  it('stores bytes under their hash, with two digits for the folder', async () => {
    const dir = await temporaryFolder();
    const blobs = createBlobStore(dir);
    const hash = await blobs.put(BYTES);
    const hex = hashHex(hash);
    expect(hash).toBe(sha256(BYTES));
    expect(blobs.path(hash)).toBe(path.join(dir, hex.slice(0, 2), hex));
    expect(await readFile(blobs.path(hash))).toEqual(BYTES);
    expect(Buffer.from(await blobs.read(hash))).toEqual(BYTES);
    expect(await readdir(path.join(dir, 'tmp'))).toEqual([]);
  });

  it('knows what it has', async () => {
    const blobs = createBlobStore(await temporaryFolder());
    expect(await blobs.has(sha256(BYTES))).toBe(false);
    await blobs.put(BYTES);
    expect(await blobs.has(sha256(BYTES))).toBe(true);
  });

  it('does not write again what is there', async () => {
    const blobs = createBlobStore(await temporaryFolder());
    const file = blobs.path(await blobs.put(BYTES));
    const before = await stat(file);
    await blobs.put(BYTES);
    expect(await stat(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it('stores one blob when it is put many times at once', async () => {
    const dir = await temporaryFolder();
    const blobs = createBlobStore(dir);
    const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs.put(BYTES)));
    expect(new Set(hashes).size).toBe(1);
    expect(await readdir(path.join(dir, 'tmp'))).toEqual([]);
  });

  it('names the blob that is missing and says what to do', async () => {
    const blobs = createBlobStore(await temporaryFolder());
    const hash = sha256(BYTES);
    await expect(blobs.read(hash)).rejects.toMatchObject({
      code: 'blob-missing',
      hash,
      message: expect.stringMatching(new RegExp(`${hash}.*Run the prepare stage again`)),
    });
  });

  it.each(['', 'sha256:', 'sha256:../../../etc/passwd', `sha256:${'A'.repeat(64)}`, `md5:${'a'.repeat(64)}`])(
    'has no path for %j',
    async (hash) => {
      const blobs = createBlobStore(await temporaryFolder());
      expect(() => blobs.path(hash)).toThrow(expect.objectContaining({ code: 'blob-missing' }));
      await expect(blobs.read(hash)).rejects.toMatchObject({ code: 'blob-missing' });
    },
  );

  it.skipIf(!canMount)('says that the disk is full, and leaves nothing of the blob', async () => {
    const dir = path.join(await mountSmallDisk(64 * 1024), 'blobs');
    const blobs = createBlobStore(dir);
    await blobs.put(BYTES);
    const large = Buffer.alloc(128 * 1024, 7);
    await expect(blobs.put(large)).rejects.toMatchObject({
      code: 'disk-full',
      folder: dir,
      message: expect.stringContaining(dir),
    });
    expect(await blobs.has(sha256(large))).toBe(false);
    expect(await readdir(path.join(dir, 'tmp'))).toEqual([]);
    expect(Buffer.from(await blobs.read(sha256(BYTES)))).toEqual(BYTES);
  });

  it.skipIf(!canMount)('lets a full disk stop the preparing rather than reject the image', async () => {
    const { sourcePath } = await writePicture(await noise(256, 256).png().toBuffer());
    const blobs = createBlobStore(await mountSmallDisk(16 * 1024));
    await expect(prepareImage({ sourcePath, blobs })).rejects.toMatchObject({ code: 'disk-full' });
  });

  // Root writes everywhere, so this needs a child with another id that may read the checkout.
  it.skipIf(!canRunUnprivileged(MODULE))('says that its folder may not be written', async () => {
    const dir = await temporaryFolder();
    await chmod(dir, 0o555);
    const error = runUnprivileged(`
      import { createBlobStore } from ${JSON.stringify(MODULE)};
      const error = await createBlobStore(${JSON.stringify(dir)}).put(Buffer.from('x')).catch((error) => error);
      console.log(JSON.stringify({ code: error.code, message: error.message }));`);
    expect(error).toEqual({ code: 'home-unwritable', message: expect.stringContaining(dir) });
  });
});

describe('sweepTemporaryBlobs', () => {
  const NOW_MS = Date.UTC(2026, 0, 1);

  async function leaveBehind(dir: string, name: string, ageMs: number): Promise<void> {
    const file = path.join(dir, 'tmp', name);
    const written = new Date(NOW_MS - ageMs);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'half a blo');
    await utimes(file, written, written);
  }

  it('removes what a killed write left an hour ago, and nothing else', async () => {
    const dir = await temporaryFolder();
    const blobs = createBlobStore(dir);
    const hash = await blobs.put(BYTES);
    await leaveBehind(dir, 'old', 3_600_000);
    await leaveBehind(dir, 'being-written', 3_599_000);
    expect(await sweepTemporaryBlobs(dir, () => NOW_MS)).toBe(1);
    expect(await readdir(path.join(dir, 'tmp'))).toEqual(['being-written']);
    expect(await blobs.has(hash)).toBe(true);
  });

  it('removes each file once when two sweep at the same time', async () => {
    const dir = await temporaryFolder();
    for (let index = 0; index < 20; index += 1) await leaveBehind(dir, `old-${index}`, 7_200_000);
    const removed = await Promise.all([1, 2].map(() => sweepTemporaryBlobs(dir, () => NOW_MS)));
    expect(removed.reduce((sum, count) => sum + count)).toBe(20);
  });

  it('finds a folder that is not there clean', async () => {
    const dir = await temporaryFolder();
    await rm(dir, { recursive: true });
    expect(await sweepTemporaryBlobs(dir)).toBe(0);
  });
});
