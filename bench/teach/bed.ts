import { cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PREPARE_V1 } from '@retort/images';
import { errorCodeOf, sha256 } from '@retort/schema';
import { storeFile } from '@retort/store';
import { REPOSITORY } from '../machine.ts';
import { ensureDataset } from './dataset.ts';
import { expectEnd, startDistill } from './distill-process.ts';
import type { Sizes } from './sizes.ts';

export interface BedOptions {
  /** Pictures and prepared homes are kept here from one bench to the next. */
  readonly dataDir: string;
  readonly sizes: Sizes;
  /** Text of `distill --help`: which options this checkout has. */
  readonly help: string;
  readonly log: (message: string) => void;
}

/** A home in which everything before `teach` is done. */
export interface Home {
  readonly dir: string;
  /** Arguments of `distill` that name this home, its dataset and its teacher. */
  readonly args: readonly string[];
  remove(): Promise<void>;
}

/** What the rows of the table share. */
export interface Bed {
  readonly sizes: Sizes;
  readonly help: string;
  readonly dataDir: string;
  readonly log: (message: string) => void;
  /** A fresh home with `images` images, taken from a dataset of `datasetImages` (default: the common one). */
  newHome(images: number, datasetImages?: number): Promise<Home>;
}

/** Nobody listens there: preparing asks no teacher. */
const NOWHERE = 'http://127.0.0.1:9';

export function createBed({ dataDir, sizes, help, log }: BedOptions): Bed {
  let homes = 0;
  return {
    sizes,
    help,
    dataDir,
    log,
    async newHome(images, datasetImages = sizes.images) {
      const dataset = await ensureDataset(dataDir, datasetImages);
      const template = await ensureTemplate(dataDir, dataset, datasetImages, log);
      homes += 1;
      const dir = join(dataDir, `home-${process.pid}-${homes}`);
      await mkdir(dir);
      for (const name of await readdir(template)) {
        if (name.startsWith('retort.sqlite')) await cp(join(template, name), join(dir, name));
      }
      await symlink(join(template, 'blobs'), join(dir, 'blobs'));
      const limit = images === datasetImages ? [] : ['--limit', String(images)];
      return {
        dir,
        args: [...teacherArguments(dataset, dir), ...limit],
        remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
      };
    },
  };
}

/** Removes homes that a bench which was broken off left behind. */
export async function sweepHomes(dataDir: string): Promise<void> {
  const stale = (await readdir(dataDir)).filter((name) => {
    const pid = /^home-(\d+)-\d+$/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.all(stale.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCodeOf(error) === 'EPERM'; // there is one, of another user
  }
}

function teacherArguments(dataset: string, home: string): string[] {
  return ['--path', dataset, '--teacher', 'gemini', '--yes', '--home', home];
}

/** A home up to `prepare`, made by the product once and copied for each run: the same tables and blobs for all. */
async function ensureTemplate(
  dataDir: string,
  dataset: string,
  images: number,
  log: (message: string) => void,
): Promise<string> {
  const template = join(dataDir, `prepared-${images}-${await versionOfTables()}`);
  if ((await readdir(template).catch(() => [])).length > 0) return template;
  const unfinished = `${template}.${process.pid}.tmp`;
  await rm(unfinished, { recursive: true, force: true });
  log(`preparing ${images} images, once (kept in ${dataDir})`);
  await expectEnd(
    await startDistill([...teacherArguments(dataset, unfinished), '--until', 'prepare'], NOWHERE),
  );
  await rm(join(unfinished, 'queue'), { recursive: true, force: true });
  await rename(unfinished, template).catch(async () => {
    await readdir(template); // another bench was quicker; anything else throws here
    await rm(unfinished, { recursive: true, force: true });
  });
  return template;
}

/** Another store or another recipe needs another template. */
async function versionOfTables(): Promise<string> {
  const folder = join(REPOSITORY, 'packages', 'store', 'migrations');
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return sha256([storeFile(''), PREPARE_V1.version, ...texts].join('\n')).slice('sha256:'.length, 20);
}
