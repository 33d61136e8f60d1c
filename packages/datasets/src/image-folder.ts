import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCodeOf } from '@retort/schema';
import { DatasetUnreadableError } from './errors.ts';

export type LocatedImage =
  /** `name` is the one in the table without `./` and doubled slashes. */
  | { readonly kind: 'found'; readonly name: string; readonly imagePath: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Where a dataset's images are; lets nobody out. */
export interface ImageFolder {
  /** Looks up the image a table names. Checks that it is a file inside the folder, not what is in it. */
  locate(name: string): Promise<LocatedImage>;
}

/** A folder a name may start at, and where it really is, so that a link inside can be told from one that leads out. */
interface Root {
  readonly folder: string;
  readonly resolved: string;
}

interface Lookup {
  /** In the order in which they are tried. */
  readonly roots: readonly Root[];
  /** Folders that were resolved before: a row then costs one call to the file system. */
  readonly resolvedFolders: Map<string, string>;
}

/**
 * Opens the folder a table's names start at: its `images/` if it has one (or those of `subfolders` that it has), and then
 * the folder itself.
 *
 * @throws DatasetUnreadableError the folder is missing, isn't one, or may not be read
 */
export async function openImageFolder(
  folder: string,
  subfolders: readonly string[] = ['images'],
): Promise<ImageFolder> {
  const outer = { folder, resolved: await resolveFolder(folder) };
  const roots: Root[] = [];
  for (const inner of subfolders.map((name) => path.join(folder, name))) {
    if (await isFolder(inner)) roots.push({ folder: inner, resolved: await resolveFolder(inner) });
  }
  roots.push(outer);
  const lookup = { roots, resolvedFolders: new Map<string, string>() };
  return { locate: (name) => locate(lookup, name) };
}

async function resolveFolder(folder: string): Promise<string> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return await realpath(folder);
  } catch (cause) {
    const missing = errorCodeOf(cause) === 'ENOENT';
    const message = missing
      ? `The image folder ${folder} isn't there: check the path.`
      : `The image folder ${folder} can't be read by this user (${errorCodeOf(cause)}): change its permissions.`;
    throw new DatasetUnreadableError(folder, message, { cause });
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function locate(lookup: Lookup, given: string): Promise<LocatedImage> {
  const reason = nameProblem(given);
  if (reason !== null) return { kind: 'refused', reason };
  const name = path.posix.normalize(given);
  const places = lookup.roots.map((root) => path.join(root.folder, name));
  for (const imagePath of places) {
    const problem = await fileProblem(lookup, imagePath);
    if (problem === 'missing') continue;
    return problem === null ? { kind: 'found', name, imagePath } : { kind: 'refused', reason: problem };
  }
  return {
    kind: 'refused',
    reason: `The image isn't there (looked for ${places.join(' and ')}): add it, or mend the name.`,
  };
}

/** Why a name can't be looked up at all; null when it can. */
function nameProblem(name: string): string | null {
  if (name === '') return 'The name of the image is empty: fill it in.';
  if (name.includes('\0')) return 'The name of the image has a NUL character in it: mend the name.';
  if (name.includes('\\')) {
    return 'The name of the image has a backslash in it: write its folders with "/".';
  }
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) {
    return 'The name of the image is an absolute path: write it relative to the image folder.';
  }
  if (name.split('/').includes('..')) {
    return 'The name of the image climbs out with "..": write it relative to the image folder.';
  }
  return null;
}

/** Why a file can't be taken: `missing` lets the next folder be tried; null when it can be taken. */
async function fileProblem(lookup: Lookup, imagePath: string): Promise<string | null> {
  try {
    const link = await lstat(imagePath);
    const resolved = link.isSymbolicLink()
      ? await realpath(imagePath)
      : path.join(await resolveParent(lookup, imagePath), path.basename(imagePath));
    if (!lookup.roots.some((root) => isInside(root.resolved, resolved))) {
      return `${imagePath} leads by a link to ${resolved}, outside the image folder: copy the image into the folder.`;
    }
    const file = link.isSymbolicLink() ? await stat(resolved) : link;
    return file.isFile() ? null : `${imagePath} is no file, and an image was expected: mend the name.`;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    if (code === undefined) throw error;
    return `${imagePath} can't be looked up (${code}): check its permissions and its name.`;
  }
}

async function resolveParent({ resolvedFolders }: Lookup, imagePath: string): Promise<string> {
  const parent = path.dirname(imagePath);
  const known = resolvedFolders.get(parent);
  if (known !== undefined) return known;
  const resolved = await realpath(parent);
  resolvedFolders.set(parent, resolved);
  return resolved;
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
