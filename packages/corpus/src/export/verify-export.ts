import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCodeOf } from '@retort/schema';
import { z } from 'zod';
import { CorpusUsageError } from '../errors.ts';
import { AUDIT_FILE, MANIFEST_FILE, parseSum, README_FILE, SUMS_FILE } from './export-files.ts';

/** A file of an export as its checksums name it. */
export interface VerifiedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What stands in an exported folder. */
export interface VerifiedExport {
  readonly key: string;
  readonly rows: number;
  /** True where the files name images by their paths on the machine that wrote them. */
  readonly imagesElsewhere: boolean;
  /** Whole files, data first, README.md and SHA256SUMS last: whoever sees those sees the rest. */
  readonly files: readonly VerifiedFile[];
  /** Files that are missing or were changed since the export, by path. */
  readonly changed: readonly string[];
  /** Codes of the audit's findings of severity error. */
  readonly errors: readonly string[];
}

const manifestSchema = z.looseObject({ key: z.string(), rows: z.number(), images: z.string().optional() });
const auditSchema = z.looseObject({
  findings: z.array(z.looseObject({ code: z.string(), severity: z.string() })),
});

/**
 * Reads an exported folder and compares every file of it with its checksum.
 *
 * @throws CorpusUsageError when the folder is no complete export
 */
export async function verifyExport(dir: string): Promise<VerifiedExport> {
  const manifest = await parsedFile(dir, MANIFEST_FILE, manifestSchema);
  const audit = await parsedFile(dir, AUDIT_FILE, auditSchema);
  const sums = sumsOf(await textOf(dir, SUMS_FILE));
  if (sums === null) throw incomplete(dir, `${SUMS_FILE} isn't a list of checksums`);
  const files: VerifiedFile[] = [];
  const changed: string[] = [];
  for (const path of [...sums.keys()].filter((name) => name !== README_FILE).concat(README_FILE)) {
    const found = await fileIn(dir, path);
    if (found === null || found.sha256 !== sums.get(path)) changed.push(path);
    if (found !== null) files.push(found);
  }
  const last = await fileIn(dir, SUMS_FILE);
  if (last !== null) files.push(last);
  const errors = audit.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const imagesElsewhere = manifest.images === 'path';
  return { key: manifest.key, rows: manifest.rows, imagesElsewhere, files, changed, errors };
}

/** Hex SHA-256 by path; null when a line isn't one of `sha256sum` about a file in the folder, or the last is cut off. */
function sumsOf(text: string): ReadonlyMap<string, string> | null {
  const lines = text.split('\n');
  if (lines.pop() !== '') return null;
  const sums = new Map<string, string>();
  for (const line of lines) {
    const sum = parseSum(line);
    if (sum === null || isOutside(sum.path)) return null;
    sums.set(sum.path, sum.sha256);
  }
  return sums;
}

/** A list from elsewhere must not make us read, or publish, what isn't in the folder. */
function isOutside(path: string): boolean {
  return isAbsolute(path) || normalize(path).startsWith('..');
}

async function parsedFile<T>(dir: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const text = await textOf(dir, name);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw incomplete(dir, `${name} isn't as an export writes it`);
  }
}

async function fileIn(dir: string, path: string): Promise<VerifiedFile | null> {
  const file = join(dir, path);
  const hash = createHash('sha256');
  try {
    const { size: bytes } = await stat(file);
    await pipeline(createReadStream(file), hash);
    return { path, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function textOf(dir: string, name: string): Promise<string> {
  try {
    return await readFile(join(dir, name), 'utf8');
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '')) throw error;
    throw incomplete(dir, `${name} isn't there`);
  }
}

function incomplete(dir: string, what: string): CorpusUsageError {
  return new CorpusUsageError(`Expected a complete export in ${dir}, ${what}: export the corpus again.`);
}
