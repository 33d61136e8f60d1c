import { AUDIT_VERSION, type AuditReport, FINDING_ROWS_MAX } from '@retort/corpus';
import { loadCorpus } from '../load-corpus.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { openDefaultTokenCounter } from '../token-counts.ts';
import { auditCorpus } from './audit-corpus.ts';

/** A report as it stands beside its corpus in the store. Those of before versions were kept have none. */
interface StoredAudit extends AuditReport {
  readonly version?: number;
}

/** A report with the version of the checks that made it, for the store. */
export function toStoredAudit(report: AuditReport): StoredAudit {
  return { version: AUDIT_VERSION, ...report };
}

/** The audit of a stored corpus; one that other checks than today's made is made again and stored. @throws CorpusMissingError */
export async function loadAudit(deps: PipelineDeps, key: string): Promise<AuditReport> {
  loadCorpus(deps, key);
  // Written by buildRunCorpus, fixCorpus and the lines below, and by nothing else.
  const stored = deps.store.corpora.get(key)?.audit as StoredAudit;
  if (stored.version === AUDIT_VERSION) return { rows: stored.rows, findings: stored.findings };
  const tokenCounter = await openDefaultTokenCounter(deps);
  const context = { tokenCounter, maxTokens: null };
  const report = await auditCorpus(deps, key, context, { maxRows: FINDING_ROWS_MAX }).finally(
    tokenCounter.close,
  );
  deps.store.corpora.setAudit(key, toStoredAudit(report));
  return report;
}
