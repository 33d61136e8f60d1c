import { type Finding, noteOf, type RowReport, tableCells } from './measurement.ts';
import type { BenchRow } from './row.ts';

/** One row after the other; one that breaks off doesn't take the others with it. */
export async function runRows<Bed extends { readonly log: (message: string) => void }>(
  bed: Bed,
  rows: readonly BenchRow<Bed>[],
): Promise<RowReport[]> {
  const reports: RowReport[] = [];
  for (const [index, row] of rows.entries()) {
    bed.log(`[${index + 1}/${rows.length}] ${row.name}: ${row.about}`);
    const startedAt = performance.now();
    const finding = await row.run(bed).catch(
      (error: unknown): Finding => ({
        kind: 'failed',
        reason: error instanceof Error ? error.message : String(error),
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const report = { name: row.name, about: row.about, seconds, finding };
    reports.push(report);
    // Said at once: who breaks a long bench off keeps what it had.
    for (const [, what, measured, must, verdict] of tableCells([report]).slice(1)) {
      bed.log(`  ${what}: ${measured} (${must}) ${verdict}`);
    }
    bed.log(`  ${noteOf(report)}`);
  }
  return reports;
}
