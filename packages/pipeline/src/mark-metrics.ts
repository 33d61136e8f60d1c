import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * Notes in a fit's metrics that their rows were split in a way that leaks, so that the figures can't be read without it.
 * Everything else in the file stays; without leakage nothing is touched.
 *
 * @param leakage as the corpus has it
 */
export async function markMetrics(file: string, leakage: readonly string[] | undefined): Promise<void> {
  if (leakage === undefined) return;
  const metrics: unknown = JSON.parse(await readFile(file, 'utf8'));
  const marked = `${file}.marked`;
  await writeFile(marked, `${JSON.stringify({ leakage, ...Object(metrics) }, null, 2)}\n`);
  await rename(marked, file);
}
