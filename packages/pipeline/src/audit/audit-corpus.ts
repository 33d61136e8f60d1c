import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  auditRowOf,
} from '@retort/corpus';
import { type CorpusRow, FINGERPRINT, type JobProgress, toFivePointScale } from '@retort/schema';
import { exportedRows, loadCorpus } from '../export-run.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { fingerprintImages } from './fingerprint-images.ts';

/** The audit of a stored corpus as it is exported, with today's checks. @throws CorpusMissingError */
export async function auditCorpus(
  deps: PipelineDeps,
  key: string,
  context: Pick<AuditContext, 'tokenCounter' | 'maxTokens'>,
  options: AuditOptions,
): Promise<AuditReport> {
  const { splitBy } = loadCorpus(deps, key).manifest;
  await fingerprintCorpus(deps, key);
  return audit(corpusAuditRows(deps, key), { ...context, splitBy }, options);
}

/**
 * Makes the fingerprints that a corpus's images lack, as in homes of before there were any. All of them before the rows are read:
 * SQLite refuses to write on a connection that is reading.
 */
export async function fingerprintCorpus(
  deps: PipelineDeps,
  key: string,
  onProgress?: (progress: JobProgress) => void,
): Promise<void> {
  const missing = new Map<string, CorpusRow['blobHash']>();
  for (const { imageHash, blobHash } of deps.store.corpora.rows(key)) {
    if (deps.store.fingerprints.get(imageHash, FINGERPRINT.algorithm) === undefined)
      missing.set(imageHash, blobHash);
  }
  const sources = [...missing].map(([imageHash, blobHash]) => ({ imageHash, blobHash }));
  const there = await Promise.all(sources.map(({ blobHash }) => deps.blobs.has(blobHash)));
  await fingerprintImages(
    deps,
    sources.filter((_, index) => there[index]),
    onProgress,
  );
}

/** Rows of a stored corpus as an audit sees them: with every aspect's rating, and whether the picture is there. */
async function* corpusAuditRows(deps: PipelineDeps, key: string): AsyncGenerator<AuditRow> {
  for (const row of exportedRows(deps, key)) yield await auditRowInHome(deps, row);
}

/** A row of ours with what the home knows besides it; only reads. */
export async function auditRowInHome(deps: PipelineDeps, row: CorpusRow): Promise<AuditRow> {
  const named = deps.store.samples.named(row.dataset, row.sampleName);
  const ratings = named?.sample.ratings.map(({ aspect, mos }) => [
    aspect,
    toFivePointScale(mos, named.scale),
  ]);
  const imageProblem = (await deps.blobs.has(row.blobHash)) ? null : 'its prepared image is gone';
  const fingerprint = deps.store.fingerprints.get(row.imageHash, FINGERPRINT.algorithm) ?? null;
  return { ...auditRowOf(row, Object.fromEntries(ratings ?? []), fingerprint), imageProblem };
}
