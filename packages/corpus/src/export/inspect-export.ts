import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCodeOf } from '@retort/schema';
import {
  AUDIT_FILE,
  type FileSums,
  IMAGES_FOLDER,
  MANIFEST_FILE,
  parseSums,
  SUMS_FILE,
} from './export-files.ts';

/**
 * What stands where a corpus is to go: `absent` (nothing, or an empty folder), `complete` (this very corpus),
 * `incomplete` (this corpus with something missing or changed, or under other formats or an older audit), `other`
 * (another corpus) or `foreign` (something that isn't a corpus).
 */
export type ExportState = 'absent' | 'complete' | 'incomplete' | 'other' | 'foreign';

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
  if (manifestText !== expected.manifestText || auditText !== expected.auditText) return 'incomplete';
  const sums = parseSums((await textOf(join(dir, SUMS_FILE))) ?? '');
  return sums !== null && (await isWhole(dir, sums)) ? 'complete' : 'incomplete';
}

/** Reads the checksums of a complete export. */
export async function readSums(dir: string): Promise<FileSums> {
  return parseSums(await readFile(join(dir, SUMS_FILE), 'utf8')) ?? new Map();
}

async function isWhole(dir: string, sums: FileSums): Promise<boolean> {
  const images = new Set(await namesIn(join(dir, IMAGES_FOLDER)));
  const prefix = `${IMAGES_FOLDER}/`;
  for (const [path, sum] of sums) {
    if (path.startsWith(prefix)) {
      if (!images.has(path.slice(prefix.length))) return false;
    } else if ((await sumOf(join(dir, path))) !== sum) {
      return false;
    }
  }
  return sums.has(MANIFEST_FILE);
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
