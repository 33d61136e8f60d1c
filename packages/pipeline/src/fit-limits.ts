import { readFile } from 'node:fs/promises';
import type { Aspect } from '@retort/schema';
import { z } from 'zod';
import type { ScorerInputs } from './scorer-inputs.ts';
import type { ScorerRow } from './scorer-rows.ts';

/** How much a fit needs; the scorer reads the same file. */
const FIT_LIMITS = new URL('../../scorer/fit-limits.json', import.meta.url);
const limitsSchema = z.strictObject({ min_train_rows: z.number(), min_prompts: z.number() });
type FitLimits = z.infer<typeof limitsSchema>;

/** Why no aspect of a run can be fitted, in a sentence; null when at least one can. Told before PyTorch is fetched. */
export async function unfittableReason({ rows, aspects }: ScorerInputs): Promise<string | null> {
  const limits = limitsSchema.parse(JSON.parse(await readFile(FIT_LIMITS, 'utf8')));
  const reasons = aspects.map((aspect) => aspectReason(rows, aspect, limits));
  if (reasons.some((reason) => reason === null)) return null;
  return `The dataset is too small for a scorer: ${reasons.join('; ')}.`;
}

function aspectReason(rows: readonly ScorerRow[], aspect: Aspect, limits: FitLimits): string | null {
  const rated = rows.filter(({ mos }) => mos[aspect] !== undefined);
  const train = rated.filter(({ split }) => split === 'train').length;
  if (train < limits.min_train_rows) {
    return `${train} rated train rows for ${aspect}, ${limits.min_train_rows} are needed`;
  }
  for (const split of ['val', 'test'] as const) {
    const inSplit = rated.filter((row) => row.split === split);
    const prompts = new Set(inSplit.map(({ imagePrompt, imageHash }) => imagePrompt ?? imageHash)).size;
    if (prompts < limits.min_prompts) {
      return `${prompts} rated image prompts in ${split} for ${aspect}, ${limits.min_prompts} are needed`;
    }
  }
  return null;
}
