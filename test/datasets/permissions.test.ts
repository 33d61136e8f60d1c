import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeDataset } from './dataset-folder.ts';
import { canRunUnprivileged, runUnprivileged } from './unprivileged.ts';

const MODULE = new URL('../../packages/datasets/src/index.ts', import.meta.url).href;

/** Opens and reads a folder as a user without privileges: rows, or the error's code and message. */
function readUnprivileged(folder: string): unknown {
  return runUnprivileged(`
    import { findReader } from ${JSON.stringify(MODULE)};
    try {
      const dataset = await findReader('csv').open({ path: ${JSON.stringify(folder)} });
      console.log(JSON.stringify(await Array.fromAsync(dataset.rows())));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`);
}

async function readableFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  await writeDataset(folder, 'name\nlocked/a.jpg\nb.jpg\n', ['locked/a.jpg', 'b.jpg']);
  return folder;
}

// Root reads everything, so this needs a child with another id that may read the checkout.
describe.skipIf(!canRunUnprivileged(MODULE))('a dataset that may not be read', () => {
  it.each([
    ['', 'folder'],
    ['data.csv', 'data.csv'],
  ])('is refused when %j is closed', async (closed, word) => {
    const folder = await readableFolder();
    await chmod(path.join(folder, closed), 0o000);
    expect(readUnprivileged(folder)).toEqual({
      code: 'dataset-unreadable',
      message: expect.stringContaining(word),
    });
    await chmod(path.join(folder, closed), 0o755);
  });

  it('is refused when its images/ is closed', async () => {
    const folder = await readableFolder();
    await writeDataset(folder, 'name\na.jpg\n', ['images/a.jpg']);
    await chmod(path.join(folder, 'images'), 0o000);
    expect(readUnprivileged(folder)).toEqual({
      code: 'dataset-unreadable',
      message: expect.stringContaining(`${folder}/images can't be read`),
    });
    await chmod(path.join(folder, 'images'), 0o755);
  });

  it('gives up only the rows whose own folder is closed', async () => {
    const folder = await readableFolder();
    await chmod(path.join(folder, 'locked'), 0o000);
    expect(readUnprivileged(folder)).toMatchObject([
      { kind: 'rejected', rejected: { row: 2, reason: expect.stringContaining('EACCES') } },
      { kind: 'sample', sample: { name: 'b.jpg' } },
    ]);
    await chmod(path.join(folder, 'locked'), 0o755);
  });
});
