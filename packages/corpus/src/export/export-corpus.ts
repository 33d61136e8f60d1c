import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CorpusRow } from '@retort/schema';
import { errorCodeOf } from '@retort/schema';
import { type AuditReport, auditJson } from '../audit/finding.ts';
import { CorpusUsageError, DiskFullError } from '../errors.ts';
import type { AnyIterable } from '../evaluation-row.ts';
import { findFormat } from '../formats/registry.ts';
import { type CorpusManifest, manifestJson } from '../manifest.ts';
import { type FileSums, formatSums, MANIFEST_FILE, prettyJson, SUMS_FILE } from './export-files.ts';
import { type ExpectedExport, inspectExport, readSums } from './inspect-export.ts';
import { createStagingFolder, moveIntoPlace } from './staging-folder.ts';
import { type ExportFacts, writeExport } from './write-export.ts';

export interface ExportOptions {
  /** The rows that `manifest` was built from, in the same order; read once. */
  readonly rows: AnyIterable<CorpusRow>;
  /** The corpus folder itself; it is made here. */
  readonly dir: string;
  /** Registry names; their order doesn't matter. */
  readonly formats: readonly string[];
  /** Where the prepared image of a row lies. */
  readonly images: (row: CorpusRow) => string;
  readonly manifest: CorpusManifest;
  readonly audit: AuditReport;
  /** For README.md and croissant.json; left out, they say less. */
  readonly documents?: ExportFacts;
}

export interface ExportedCorpus {
  /** Absolute. */
  readonly path: string;
  readonly key: string;
  /** True when the export was there already and nothing was written. */
  readonly reused: boolean;
  readonly formats: readonly string[];
  readonly sums: FileSums;
}

/**
 * Writes a corpus as a folder of its own: a subfolder a format, `images/`, README.md, croissant.json, corpus.json, audit.json
 * and SHA256SUMS. Equal arguments give equal bytes on every machine. The folder appears whole or not at all: it is built
 * beside `dir` and renamed. A complete export of the same corpus is kept, an incomplete one replaced, anything else in
 * its place refused.
 *
 * @throws CorpusUsageError when `dir` holds something else; CorpusRowError for a row that a consumer would misread, or
 *   rows that aren't the manifest's; CorpusImageMissingError; DiskFullError
 */
export async function exportCorpus(options: ExportOptions): Promise<ExportedCorpus> {
  const dir = resolve(options.dir);
  const formats = [...new Set(options.formats)].sort();
  const found = formats.map(findFormat);
  const expected: ExpectedExport = {
    key: options.manifest.key,
    manifestText: prettyJson({ ...manifestJson(options.manifest), formats }),
    auditText: prettyJson(auditJson(options.audit)),
  };
  const result = { path: dir, key: expected.key, formats };
  const state = await inspectExport(dir, expected);
  if (state === 'complete') return { ...result, reused: true, sums: await readSums(dir) };
  if (state === 'other' || state === 'foreign') throw occupied(dir, state);

  const built = await stageAndMove(dir, state === 'incomplete', (staging) =>
    writeExport(staging, { ...options, formats: found, ...expected }),
  );
  if (built !== null) return { ...result, reused: false, sums: built };
  // Another process put its folder there first: it must be the same corpus.
  if ((await inspectExport(dir, expected)) !== 'complete') throw occupied(dir, 'other');
  return { ...result, reused: true, sums: await readSums(dir) };
}

async function stageAndMove(
  dir: string,
  replace: boolean,
  write: (staging: string) => Promise<FileSums>,
): Promise<FileSums | null> {
  let staging: string | undefined;
  try {
    staging = await createStagingFolder(dir);
    const sums = await write(staging);
    await writeFile(join(staging, SUMS_FILE), formatSums(sums));
    return (await moveIntoPlace(staging, dir, replace)) ? sums : null;
  } catch (error) {
    throw ['ENOSPC', 'EDQUOT'].includes(errorCodeOf(error) ?? '') ? new DiskFullError(dir, error) : error;
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

function occupied(dir: string, state: 'other' | 'foreign'): CorpusUsageError {
  const what =
    state === 'other' ? 'another corpus' : `files that are no corpus (no ${MANIFEST_FILE} of ours)`;
  return new CorpusUsageError(
    `Expected ${dir} to be free or to hold this corpus, found ${what}: choose another folder.`,
  );
}
