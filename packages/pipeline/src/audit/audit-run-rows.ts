import { type AuditReport, type AuditRow, audit, auditRowOf, FINDING_ROWS_MAX } from '@retort/corpus';
import type { CorpusRow, JobProgress, SplitBy } from '@retort/schema';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { openDefaultTokenCounter } from '../token-counts.ts';
import { fingerprintImages } from './fingerprint-images.ts';

export interface AuditRunOptions {
  readonly splitBy: SplitBy;
  /** Hears of the images that are compared for the first time. */
  readonly onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** The audit of a run's rows, as it is stored with their corpus. @throws RetortError as `fingerprintImages` does */
export async function auditRunRows(
  deps: PipelineDeps,
  entries: readonly { readonly row: CorpusRow; readonly ratings: AuditRow['ratings'] }[],
  { splitBy, onProgress }: AuditRunOptions,
): Promise<AuditReport> {
  function* auditRows(): Generator<AuditRow> {
    for (const { row, ratings } of entries)
      yield auditRowOf(row, ratings, fingerprints.get(row.imageHash) ?? null);
  }
  const sources = entries.map(({ row }) => row);
  const fingerprints = await fingerprintImages(deps, sources, onProgress);
  const tokenCounter = await openDefaultTokenCounter(deps);
  return audit(auditRows(), { splitBy, tokenCounter }, { maxRows: FINDING_ROWS_MAX }).finally(
    tokenCounter.close,
  );
}
