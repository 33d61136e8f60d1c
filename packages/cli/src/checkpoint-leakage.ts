import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf } from '@retort/schema';
import { FIT_FILES } from '@retort/scorer';
import { z } from 'zod';

const metricsSchema = z.object({ leakage: z.array(z.string()).default([]) });

/** How the split leaked that a checkpoint was chosen and calibrated on; null for a clean one, and for one on its own. */
export async function checkpointLeakage(checkpoint: string): Promise<string | null> {
  const file = join(dirname(checkpoint), FIT_FILES.metrics);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCodeOf(error) === 'ENOENT') return '{}';
    throw error;
  });
  const { leakage } = metricsSchema.parse(JSON.parse(text));
  if (leakage.length === 0) return null;
  return `This checkpoint was chosen and calibrated on a split that leaks: its figures are too good. ${leakage.join(' ')}`;
}
