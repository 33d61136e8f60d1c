import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCodeOf } from '@retort/schema';
import { splitBytesByLine } from '../formats/split-bytes-by-line.ts';
import { AUDIT_FILE, IMAGES_FOLDER, MANIFEST_FILE, parseSum, ROWS_FILE, SUMS_FILE } from './export-files.ts';

/**
 * What stands where a corpus is to go: `absent` (nothing, or an empty folder), `complete` (this very corpus),
 * `incomplete` (this export with something missing or changed), `differing` (this corpus in other formats or with
 * another audit), `other` (another corpus) or `foreign` (something that isn't a corpus).
 */
export type ExportState = 'absent' | 'complete' | 'incomplete' | 'differing' | 'other' | 'foreign';

/** The text that the files which name a corpus would have. */
export interface ExpectedExport {
  readonly key: string;
  readonly manifestText: string;
  readonly auditText: string;
}

/** Compares a folder with the export it should be: data files by hash, images by name. */
export async function inspectExport(dir: string, expected: ExpectedExport): Promise<ExportState> {
  const names = await namesIn(dir);
  if (names === null || names.length === 0) return 'absent';
  const manifestText = await textOf(join(dir, MANIFEST_FILE));
  const key = manifestText === null ? null : keyIn(manifestText);
  if (key === null) return 'foreign';
  if (key !== expected.key) return 'other';
  const auditText = await textOf(join(dir, AUDIT_FILE));
  if (manifestText !== expected.manifestText || auditText !== expected.auditText) return 'differing';
  return (await isWhole(dir)) ? 'complete' : 'incomplete';
}

async function isWhole(dir: string): Promise<boolean> {
  const hasImage = imageLookup(dir);
  let marked = false;
  try {
    for await (const bytes of splitBytesByLine(createReadStream(join(dir, SUMS_FILE)))) {
      const sum = parseSum(bytes.toString('utf8'));
      if (sum === null) return false;
      const isThere = sum.path.startsWith(`${IMAGES_FOLDER}/`)
        ? await hasImage(sum.path)
        : (await sumOf(join(dir, sum.path))) === sum.sha256;
      if (!isThere) return false;
      // The sums are written in order, and the last of them is never missing from a whole list.
      marked ||= sum.path === ROWS_FILE;
    }
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
  return marked;
}

/** Whether an image is there, by its name. Asked in the order of paths, it holds one folder's names. */
function imageLookup(dir: string): (path: string) => Promise<boolean> {
  let [folder, names] = ['', new Set<string>()];
  return async (path) => {
    const at = path.lastIndexOf('/');
    if (path.slice(0, at) !== folder) {
      folder = path.slice(0, at);
      names = new Set(await namesIn(join(dir, folder)));
    }
    return names.has(path.slice(at + 1));
  };
}

async function sumOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
  return hash.digest('hex');
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

async function namesIn(dir: string): Promise<readonly string[] | null> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    if (errorCodeOf(error) === 'ENOTDIR') return [MANIFEST_FILE];
    throw error;
  }
}

function keyIn(manifestText: string): string | null {
  try {
    const manifest: unknown = JSON.parse(manifestText);
    const isObject = typeof manifest === 'object' && manifest !== null;
    return isObject && 'key' in manifest && typeof manifest.key === 'string' ? manifest.key : null;
  } catch {
    // Not JSON: cut off or another program's. The name corpus.json alone doesn't make it ours.
    return null;
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCodeOf(error) ?? '');
}
