import { join } from 'node:path';
import {
  type AuditReport,
  type CorpusManifest,
  evaluationRow,
  exportCorpus,
  trainingCommand,
} from '@retort/corpus';
import { type CorpusRow, hashHex, RetortError, type RunPlan } from '@retort/schema';
import type { PipelineDeps } from './pipeline-deps.ts';
import { portableRunCommand } from './run-command.ts';
import { countRows, openDefaultTokenCounter } from './token-counts.ts';

/** Hex digits of a corpus key in its folder's name: enough to tell corpora apart, short enough to read. */
const KEY_DIGITS = 12;

/** What a run writes by itself: the formats that name their images instead of carrying their bytes a second time. */
export const RUN_FORMATS: readonly string[] = ['minicpm-v', 'ms-swift', 'llamafactory'];

export class CorpusMissingError extends RetortError {
  readonly code = 'not-found';
  constructor(key: string) {
    super(`There is no corpus ${key} in this home: run "distill" to build it.`);
  }
}

/** A corpus of the store with what its audit found. @throws CorpusMissingError */
export function loadCorpus(
  deps: PipelineDeps,
  key: string,
): { manifest: CorpusManifest; audit: AuditReport; path: string | null } {
  const corpus = deps.store.corpora.get(key);
  if (corpus === null) throw new CorpusMissingError(key);
  // Both were written by buildRunCorpus, and by nothing else.
  return {
    manifest: corpus.manifest as CorpusManifest,
    audit: corpus.audit as AuditReport,
    path: corpus.path,
  };
}

/** Rows of a stored corpus as its splits may show them, one at a time. */
export function* exportedRows(deps: PipelineDeps, key: string): Generator<CorpusRow> {
  for (const stored of deps.store.corpora.rows(key)) {
    const row = evaluationRow(stored);
    if (row !== null) yield row;
  }
}

/** Folder into which a corpus is exported. */
export function corpusFolder(deps: PipelineDeps, key: string): string {
  return join(deps.home.corpora, hashHex(key).slice(0, KEY_DIGITS));
}

/**
 * Writes a corpus in every format, or finds it written.
 *
 * @param plan of the run that made it, for the command that its card prints; null for none
 * @returns its folder
 */
export async function exportRunCorpus(
  deps: PipelineDeps,
  key: string,
  plan: RunPlan | null = null,
): Promise<string> {
  const { manifest, audit } = loadCorpus(deps, key);
  const command = plan === null ? null : portableRunCommand(plan);
  const counter = await openDefaultTokenCounter(deps);
  const { rows, shares } = countRows(exportedRows(deps, key), counter);
  const { path } = await exportCorpus({
    rows,
    dir: corpusFolder(deps, key),
    formats: RUN_FORMATS,
    images: (row) => deps.blobs.path(row.blobHash),
    manifest,
    audit,
    documents: {
      teachers: deps.store.corpora.teachers(key),
      command,
      get tokenShares() {
        return [shares()];
      },
    },
  }).finally(counter.close);
  deps.store.corpora.setPath(key, path);
  return path;
}

/** The line that tunes the student on a corpus; null before it was exported. */
export function trainingCommandOf(deps: PipelineDeps, key: string): string | null {
  const { manifest, path } = loadCorpus(deps, key);
  return path === null ? null : trainingCommand({ corpusDir: path, manifest });
}
