import { normaliseImagePrompt } from '../../splits/normalise-image-prompt.ts';
import type { AuditCheck } from '../finding.ts';
import { createKeyTable } from '../key-table.ts';
import { startSplitOverlap } from '../split-overlap.ts';

const CODE = 'image-prompt-in-two-splits';

/** Image prompts that are trained on and evaluated on. Under a rule that spreads them by design it is a warning. */
export const imagePromptInTwoSplits: AuditCheck = {
  code: CODE,
  start({ splitBy }) {
    const prompts = createKeyTable();
    return startSplitOverlap({
      code: CODE,
      severity: splitBy === null || splitBy === 'image-prompt' ? 'error' : 'warning',
      things: 'image prompts',
      advice:
        'Split by image prompt (--split-by image-prompt): otherwise a scorer can recognise the prompt instead of ' +
        'judging the image.',
      numberOf: ({ row: { imagePrompt } }) =>
        imagePrompt === null ? null : prompts.indexOf(normaliseImagePrompt(imagePrompt)),
      show: ({ imagePrompt }) => `“${normaliseImagePrompt(imagePrompt ?? '')}”`,
    });
  },
};
