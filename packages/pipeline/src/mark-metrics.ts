import { readFile, rename, writeFile } from 'node:fs/promises';
import type { RunPlan } from '@retort/schema';

/** How figures of `--protocol legacy` are marked wherever they stand. */
const LEGACY =
  'legacy: val = test. The epoch was chosen, and intervals were calibrated, on the rows that are evaluated, as in the paper’s code: compare with its table only.';

/** Why figures of a run are too good: what of its corpus leaks, and the protocol where it is the paper's; undefined where nothing is. */
export function runLeakage(
  { leakage }: { readonly leakage?: readonly string[] },
  { protocol }: Pick<RunPlan, 'protocol'>,
): readonly string[] | undefined {
  return protocol === undefined ? leakage : [...(leakage ?? []), LEGACY];
}

/**
 * Notes in a fit's metrics that their rows were split in a way that leaks, so that the figures can't be read without it.
 * Everything else in the file stays; without leakage nothing is touched.
 *
 * @param leakage of the run
 */
export async function markMetrics(file: string, leakage: readonly string[] | undefined): Promise<void> {
  if (leakage === undefined) return;
  const metrics: unknown = JSON.parse(await readFile(file, 'utf8'));
  const marked = `${file}.marked`;
  await writeFile(marked, `${JSON.stringify({ leakage, ...Object(metrics) }, null, 2)}\n`);
  await rename(marked, file);
}
