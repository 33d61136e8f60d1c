import { readFile } from 'node:fs/promises';
import type { Aspect, Split } from '@retort/schema';
import { z } from 'zod';
import type { ScorerInputs } from './scorer-inputs.ts';
import type { ScorerRow } from './scorer-rows.ts';

/** How much a fit needs; the scorer reads the same file. */
const FIT_LIMITS = new URL('../../scorer/fit-limits.json', import.meta.url);
const limitsSchema = z.strictObject({ min_train_rows: z.number(), min_prompts: z.number() });
type FitLimits = z.infer<typeof limitsSchema>;

/** Which splits a fit trains on, and which ones choose and judge. */
interface SplitRoles {
  readonly trained: readonly Split[];
  readonly judging: readonly Split[];
}
const OUR_SPLITS: SplitRoles = { trained: ['train'], judging: ['val', 'test'] };
/** The protocol of the paper's code trains on val too: see legacy_protocol.py. */
const LEGACY_SPLITS: SplitRoles = { trained: ['train', 'val'], judging: ['test'] };

/** Why no aspect of a run can be fitted, in a sentence; null when at least one can. Told before PyTorch is fetched. */
export async function unfittableReason({ rows, aspects, protocol }: ScorerInputs): Promise<string | null> {
  const limits = limitsSchema.parse(JSON.parse(await readFile(FIT_LIMITS, 'utf8')));
  const splits = protocol === 'legacy' ? LEGACY_SPLITS : OUR_SPLITS;
  const reasons = aspects.map((aspect) => aspectReason(rows, aspect, limits, splits));
  if (reasons.some((reason) => reason === null)) return null;
  return `The dataset is too small for a scorer: ${reasons.join('; ')}.`;
}

function aspectReason(
  rows: readonly ScorerRow[],
  aspect: Aspect,
  limits: FitLimits,
  splits: SplitRoles,
): string | null {
  const rated = rows.filter(({ mos }) => mos[aspect] !== undefined);
  const train = rated.filter(({ split }) => splits.trained.includes(split)).length;
  if (train < limits.min_train_rows) {
    return `${train} rated train rows for ${aspect}, ${limits.min_train_rows} are needed`;
  }
  for (const split of splits.judging) {
    const inSplit = rated.filter((row) => row.split === split);
    const prompts = new Set(inSplit.map(({ imagePrompt, imageHash }) => imagePrompt ?? imageHash)).size;
    if (prompts < limits.min_prompts) {
      return `${prompts} rated image prompts in ${split} for ${aspect}, ${limits.min_prompts} are needed`;
    }
  }
  return null;
}
