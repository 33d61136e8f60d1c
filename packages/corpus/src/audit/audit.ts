import type { CorpusRow } from '@retort/schema';
import type { AnyIterable } from '../evaluation-row.ts';
import { rowId } from '../row-id.ts';
import { type AuditContext, type AuditReport, SEVERITIES } from './finding.ts';
import { AUDIT_CHECKS } from './registry.ts';

/**
 * Looks for what quietly ruins a corpus, in one pass over its rows. The same rows give the same report.
 *
 * @returns findings, errors first, then in the registry's order
 */
export async function audit(
  rows: AnyIterable<CorpusRow>,
  context: AuditContext = { splitBy: null },
): Promise<AuditReport> {
  const runs = AUDIT_CHECKS.map((check) => check.start(context));
  let count = 0;
  for await (const row of rows) {
    count += 1;
    const entry = { id: rowId(row), row };
    for (const run of runs) run.see(entry);
  }
  const findings = runs.flatMap((run) => run.finish());
  return {
    rows: count,
    findings: SEVERITIES.flatMap((severity) => findings.filter((f) => f.severity === severity)),
  };
}
