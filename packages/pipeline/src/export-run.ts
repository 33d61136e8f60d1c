import { join } from 'node:path';
import { exportCorpus, trainingCommand } from '@retort/corpus';
import { type RunPlan, shortHex } from '@retort/schema';
import { loadAudit } from './audit/stored-audit.ts';
import { exportedRows, loadCorpus } from './load-corpus.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { portableRunCommand } from './run-command.ts';
import { countRows, openDefaultTokenCounter } from './token-counts.ts';

/** What a run writes by itself: the formats that name their images instead of carrying their bytes a second time. */
export const RUN_FORMATS: readonly string[] = ['minicpm-v', 'ms-swift', 'llamafactory'];

/** Folder into which a corpus is exported. */
export function corpusFolder(deps: PipelineDeps, key: string): string {
  return join(deps.home.corpora, shortHex(key));
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
  const { manifest } = loadCorpus(deps, key);
  const audit = await loadAudit(deps, key);
  const command = plan === null ? null : portableRunCommand(plan);
  const counter = await openDefaultTokenCounter(deps);
  const inOrder = counter.inOrder(manifest.rowsHash);
  const { rows, shares } = countRows(exportedRows(deps, key), inOrder);
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
