import { eachRow } from '../each-row.ts';
import type { AnyIterable } from '../evaluation-row.ts';
import type { AuditRow } from './audit-row.ts';
import { loadLanguageDetector } from './debris/language.ts';
import {
  type AuditContext,
  type AuditReport,
  type CheckFinding,
  type CheckRun,
  type Finding,
  NO_CONTEXT,
  SEVERITIES,
} from './finding.ts';
import { createKeyTable } from './key-table.ts';
import { AUDIT_CHECKS } from './registry.ts';
import { createRowIds, type RowIds } from './row-ids.ts';

/** Raised when a check is added or finds something else: audits that stand in a home are then made again. */
export const AUDIT_VERSION = 1;

export interface AuditOptions {
  /** Ids that a finding lists; all of them where absent. */
  readonly maxRows?: number;
}

/**
 * Looks for what quietly ruins a corpus, in one pass over its rows; holds none of them. The same rows give the same report.
 *
 * @returns findings, errors first, then in the registry's order
 */
export async function audit(
  rows: AnyIterable<AuditRow>,
  context: Partial<AuditContext> = {},
  { maxRows = Number.POSITIVE_INFINITY }: AuditOptions = {},
): Promise<AuditReport> {
  const known = { ...NO_CONTEXT, detectLanguage: await loadLanguageDetector(), ...context };
  const runs = AUDIT_CHECKS.map((check) => check.start(known));
  const ids = createRowIds();
  const images = createKeyTable();
  await eachRow(rows, (row) => {
    const position = ids.add(row.id);
    const image = row.imageKey === null ? null : images.indexOf(row.imageKey);
    const entry = { position, row, image };
    for (const run of runs) run.see(entry);
  });
  const findings = finishAll(runs).map((finding) => named(finding, ids, maxRows));
  return {
    rows: ids.count,
    findings: SEVERITIES.flatMap((severity) => findings.filter((f) => f.severity === severity)),
  };
}

/** Lets go of each check when it is done: what it holds is as much as the next needs to finish. */
function finishAll(runs: CheckRun[]): readonly CheckFinding[] {
  const findings: CheckFinding[] = [];
  for (let run = runs.shift(); run !== undefined; run = runs.shift()) findings.push(...run.finish());
  return findings;
}

function named(finding: CheckFinding, ids: RowIds, maxRows: number): Finding {
  const length = Math.min(finding.rows.length, maxRows);
  return { ...finding, rows: Array.from({ length }, (_, index) => ids.at(finding.rows[index] ?? 0)) };
}
