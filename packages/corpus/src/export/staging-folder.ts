import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf } from '@retort/schema';

/**
 * Makes an empty folder beside `dir` to build it in, after removing what killed processes of this machine left there.
 * Its name says whose it is, so that two exporters never share one.
 */
export async function createStagingFolder(dir: string): Promise<string> {
  const parent = dirname(dir);
  await mkdir(parent, { recursive: true });
  await sweepStagingFolders(dir);
  return mkdtemp(join(parent, `${stagingPrefix(dir)}${process.pid}-`));
}

/**
 * Moves the finished folder into its place.
 *
 * @param replace true to put it in the place of an older folder, which is removed; another process may have done so already
 * @returns false when another process was faster
 */
export async function moveIntoPlace(staging: string, dir: string, replace: boolean): Promise<boolean> {
  const retired = `${staging}-retired`;
  if (replace) await moveAside(dir, retired);
  try {
    await rename(staging, dir);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error) ?? '')) return false;
    throw error;
  } finally {
    await rm(retired, { recursive: true, force: true });
  }
}

async function moveAside(dir: string, retired: string): Promise<void> {
  try {
    await rename(dir, retired);
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
  }
}

async function sweepStagingFolders(dir: string): Promise<void> {
  const prefix = stagingPrefix(dir);
  for (const name of await readdir(dirname(dir))) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!isAlive(pid)) await rm(join(dirname(dir), name), { recursive: true, force: true });
  }
}

function stagingPrefix(dir: string): string {
  return `.${basename(dir)}.partial-${hostname()}-`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCodeOf(error) === 'EPERM';
  }
}
