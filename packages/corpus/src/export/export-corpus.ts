import { realpath, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CorpusRow } from '@retort/schema';
import { errorCodeOf } from '@retort/schema';
import { type AuditReport, auditJson } from '../audit/finding.ts';
import { CorpusUsageError, DiskFullError, ExportFolderUnwritableError } from '../errors.ts';
import type { AnyIterable } from '../evaluation-row.ts';
import type { CorpusFormat } from '../formats/format.ts';
import { findFormat } from '../formats/registry.ts';
import { type CorpusManifest, manifestJson } from '../manifest.ts';
import type { LeftOutRow } from '../shape/left-out.ts';
import { type ImagePlacement, MANIFEST_FILE, prettyJson } from './export-files.ts';
import { type ExpectedExport, type ExportState, inspectExport } from './inspect-export.ts';
import { createStagingFolder, moveIntoPlace } from './staging-folder.ts';
import { type ExportFacts, writeExport } from './write-export.ts';

/** What may be replaced: an older state of the same corpus, only what was left incomplete, or any corpus. */
export type ReplaceRule = 'same-corpus' | 'incomplete' | 'any-corpus';

/** `link` falls back to a copy; `path` names images where they lie and puts none into the export. */
export type ImageMode = 'link' | 'copy' | 'path';

export interface ExportOptions {
  /** The rows that `manifest` was built from, in the same order, and those that were left out of them; read once. */
  readonly rows: AnyIterable<CorpusRow | LeftOutRow>;
  /** The corpus folder itself; it is made here. */
  readonly dir: string;
  /** Registry names; their order doesn't matter. */
  readonly formats: readonly string[];
  /** Where the prepared image of a row lies; absolute, since `path` writes it as it is. */
  readonly images: (row: CorpusRow) => string;
  readonly manifest: CorpusManifest;
  readonly audit: AuditReport;
  /** `link` unless given. Formats that carry their images do so either way. */
  readonly imageMode?: ImageMode;
  /** `same-corpus` unless given. */
  readonly replace?: ReplaceRule;
  /** What the export leaves out of a corpus or changes in it, for corpus.json; null for the whole corpus. */
  readonly shape?: Readonly<Record<string, unknown>> | null;
  /** Goes into the trainers' configurations; null for what they default to. */
  readonly maxTokens?: number | null;
  /** For README.md and croissant.json; left out, they say less. */
  readonly documents?: ExportFacts;
  /** Looks whether it may be written there, reads no row and writes nothing. */
  readonly dryRun?: boolean;
  /** Called after each row. */
  readonly onRow?: () => void;
}

export interface ExportedCorpus {
  /** Absolute. */
  readonly path: string;
  readonly key: string;
  /** True when the export was there already and nothing was written. */
  readonly reused: boolean;
  readonly formats: readonly string[];
}

/**
 * Writes a corpus as a folder of its own: a subfolder a format, `images/`, rows.jsonl, README.md, croissant.json, corpus.json,
 * audit.json and SHA256SUMS. Equal arguments give equal bytes on every machine (with `path` as image mode: in every home of that
 * place). The folder appears whole or not at all: it is built beside `dir` and renamed. A complete export of the same corpus is
 * kept, an incomplete one replaced, anything else in its place only as `replace` allows.
 *
 * @throws CorpusUsageError when `dir` holds something else; CorpusRowError for a row that a consumer would misread, or
 *   rows that aren't the manifest's; CorpusImageMissingError; DiskFullError; ExportFolderUnwritableError
 */
export async function exportCorpus(options: ExportOptions): Promise<ExportedCorpus> {
  const dir = await followLink(resolve(options.dir));
  const formats = [...new Set(options.formats)].sort();
  const found = formats.map(findFormat);
  const placement = placementOf(found, options.imageMode ?? 'link');
  const expected = expectedOf(options, formats, placement);
  const result = { path: resolve(options.dir), key: expected.key, formats };
  const state = await inspectExport(dir, expected);
  if (state === 'complete') return { ...result, reused: true };
  if (!REPLACEABLE[options.replace ?? 'same-corpus'].includes(state)) throw occupied(dir, state);
  if (options.dryRun === true) return { ...result, reused: false };

  const written = await stageAndMove(dir, state !== 'absent', (staging) =>
    writeExport(staging, {
      ...options,
      ...expected,
      formats: found,
      placement,
      placedAs: options.imageMode === 'copy' ? 'copy' : 'link',
      maxTokens: options.maxTokens ?? null,
    }),
  );
  if (written) return { ...result, reused: false };
  // Another process put its folder there first: it must be the same corpus.
  const theirs = await inspectExport(dir, expected);
  if (theirs !== 'complete') throw occupied(dir, theirs);
  return { ...result, reused: true };
}

const REPLACEABLE: Readonly<Record<ReplaceRule, readonly ExportState[]>> = {
  incomplete: ['absent', 'incomplete'],
  'same-corpus': ['absent', 'incomplete', 'differing'],
  'any-corpus': ['absent', 'incomplete', 'differing', 'other'],
};

function placementOf(formats: readonly CorpusFormat[], mode: ImageMode): ImagePlacement {
  if (formats.every(({ embedsImages }) => embedsImages)) return 'embedded';
  return mode === 'path' ? 'path' : 'folder';
}

function expectedOf(
  options: ExportOptions,
  formats: readonly string[],
  images: ImagePlacement,
): ExpectedExport {
  const { manifest, audit, shape = null, maxTokens = null } = options;
  const named = { ...manifestJson(manifest), formats, images };
  const told = {
    ...(shape === null ? {} : { shape }),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
  };
  return {
    key: manifest.key,
    manifestText: prettyJson({ ...named, ...told }),
    auditText: prettyJson(auditJson(audit)),
  };
}

/** What a place says in which no folder can be made; ENOENT comes from file systems that aren't disks, such as /proc. */
const UNWRITABLE: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'];

/** A rename says so of a mount point, which no folder can replace. */
const NOT_OURS_TO_MOVE: readonly string[] = ['EXDEV', 'EBUSY'];

/** Where a link to a folder leads: a rename would replace the link itself, or fail. */
async function followLink(dir: string): Promise<string> {
  try {
    return await realpath(dir);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '')) return dir;
    throw error;
  }
}

/** @returns false when another process was faster */
async function stageAndMove(
  dir: string,
  replace: boolean,
  write: (staging: string) => Promise<unknown>,
): Promise<boolean> {
  let staging: string | undefined;
  try {
    staging = await createStagingFolder(dir);
    await write(staging);
    return await moveIntoPlace(staging, dir, replace);
  } catch (error) {
    const code = errorCodeOf(error) ?? '';
    if (['ENOSPC', 'EDQUOT'].includes(code)) throw new DiskFullError(dir, error);
    if (NOT_OURS_TO_MOVE.includes(code)) throw new ExportFolderUnwritableError(dir, error);
    if (staging === undefined && UNWRITABLE.includes(code)) throw new ExportFolderUnwritableError(dir, error);
    throw error;
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

const OCCUPANTS: Readonly<Partial<Record<ExportState, string>>> = {
  other: 'another corpus: choose another folder, or replace it with --overwrite',
  differing: 'it in other formats or another shape: choose another folder, or replace it with --overwrite',
};

function occupied(dir: string, state: ExportState): CorpusUsageError {
  const what =
    OCCUPANTS[state] ?? `files that are no corpus (no ${MANIFEST_FILE} of ours): choose another folder`;
  return new CorpusUsageError(`Expected ${dir} to be free or to hold this corpus, found ${what}.`);
}
