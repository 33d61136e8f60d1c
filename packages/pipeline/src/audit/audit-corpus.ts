import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  auditRowOf,
} from '@retort/corpus';
import { type CorpusRow, toFivePointScale } from '@retort/schema';
import { exportedRows, loadCorpus } from '../export-run.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { type AuditProgress, tellProgress } from './audit-progress.ts';
import { fingerprintImages } from './fingerprint-images.ts';

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
  const rows = tellProgress(corpusAuditRows(deps, key), (read) =>
    onProgress?.({ rows: read, total, images: 0 }),
  );
  return audit(rows, { ...context, splitBy }, options);
}

/** Rows of a stored corpus as an audit sees them: with every aspect's rating, and whether the picture is there. */
async function* corpusAuditRows(deps: PipelineDeps, key: string): AsyncGenerator<AuditRow> {
  for (const row of exportedRows(deps, key)) yield await auditRowInHome(deps, row);
}

/** A row of ours with what the home knows besides it. */
export async function auditRowInHome(deps: PipelineDeps, row: CorpusRow): Promise<AuditRow> {
  const named = deps.store.samples.named(row.dataset, row.sampleName);
  const ratings = named?.sample.ratings.map(({ aspect, mos }) => [
    aspect,
    toFivePointScale(mos, named.scale),
  ]);
  const imageProblem = (await deps.blobs.has(row.blobHash)) ? null : 'its prepared image is gone';
  const fingerprints = await fingerprintImages(deps, imageProblem === null ? [row] : []);
  const fingerprint = fingerprints.get(row.imageHash) ?? null;
  return { ...auditRowOf(row, Object.fromEntries(ratings ?? []), fingerprint), imageProblem };
}
