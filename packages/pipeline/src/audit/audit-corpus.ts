import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  auditRowOf,
} from '@retort/corpus';
import { type CorpusRow, FINGERPRINT } from '@retort/schema';
import { exportedRows, loadCorpus } from '../load-corpus.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { type AuditProgress, tellProgress } from './audit-progress.ts';
import { type FingerprintSource, fingerprintImages } from './fingerprint-images.ts';
import { ratingsOnFive } from './ratings-on-five.ts';

export interface AuditCorpusOptions extends AuditOptions {
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
}

/** The audit of a stored corpus as it is exported, with today's checks. @throws CorpusMissingError */
export async function auditCorpus(
  deps: PipelineDeps,
  key: string,
  context: Pick<AuditContext, 'tokenCounter' | 'maxTokens'>,
  { onProgress, ...options }: AuditCorpusOptions = {},
): Promise<AuditReport> {
  const { splitBy, rows: total } = loadCorpus(deps, key).manifest;
  const rows = tellProgress(
    corpusAuditRows(deps, () => exportedRows(deps, key)),
    (read) => onProgress?.({ rows: read, total, images: 0 }),
  );
  return audit(rows, { ...context, splitBy }, options);
}

/**
 * Rows of a home as an audit sees them: with every aspect's rating, the picture's fingerprint, and whether the picture is there.
 *
 * @param rows read twice: SQLite refuses to store the fingerprints that are missing while rows are read
 */
export async function* corpusAuditRows(
  deps: PipelineDeps,
  rows: () => Iterable<CorpusRow>,
): AsyncGenerator<AuditRow> {
  await fingerprintMissing(deps, rows());
  for (const row of rows()) yield await auditRowInHome(deps, row);
}

/** A row of ours with what the home knows besides it. A fingerprint that the store lacks stays null. */
export async function auditRowInHome(deps: PipelineDeps, row: CorpusRow): Promise<AuditRow> {
  const { samples, fingerprints } = deps.store;
  const named = samples.named(row.dataset, row.sampleName);
  const ratings = named === null ? {} : ratingsOnFive(named.sample, named);
  const fingerprint = fingerprints.get(row.imageHash, FINGERPRINT.algorithm) ?? null;
  const imageProblem = (await deps.blobs.has(row.blobHash)) ? null : 'its prepared image is gone';
  return { ...auditRowOf(row, ratings, fingerprint), imageProblem };
}

/** Makes the fingerprints that a home from before them lacks, of pictures that are there. Holds those only. */
async function fingerprintMissing(deps: PipelineDeps, rows: Iterable<CorpusRow>): Promise<void> {
  const missing = new Map<string, FingerprintSource>();
  for (const { imageHash, blobHash } of rows) {
    if (deps.store.fingerprints.get(imageHash, FINGERPRINT.algorithm) === undefined)
      missing.set(imageHash, { imageHash, blobHash });
  }
  const present: FingerprintSource[] = [];
  for (const source of missing.values()) if (await deps.blobs.has(source.blobHash)) present.push(source);
  await fingerprintImages(deps, present);
}
