import { DEFAULT_MAX_TOKENS } from '../../tokens/max-tokens.ts';
import type { TokenCount, TokenCounter } from '../../tokens/token-counter.ts';
import type { AuditCheck } from '../finding.ts';
import { createRowCheck } from '../row-check.ts';

const CODE = 'too-long';
const NOT_COUNTED = { see: () => undefined, finish: () => [] };

/** What is wrong with a row's length; null when it fits. */
export function findTooLong(count: TokenCount, maxTokens = DEFAULT_MAX_TOKENS): string | null {
  if (count.total <= maxTokens) return null;
  const kind = count.exact ? '' : ' (estimated)';
  return count.image > maxTokens
    ? `its picture alone takes ${count.image} of ${maxTokens} tokens`
    : `${count.total} tokens${kind}, ${count.image} of them the picture's, where ${maxTokens} fit`;
}

/**
 * Rows that don't fit into the trainer's context: their last answers are cut off in silence. Where text was only
 * estimated (from above) it is a warning.
 */
export const tooLong: AuditCheck = {
  code: CODE,
  start(context) {
    const { tokenCounter, maxTokens } = context;
    if (tokenCounter === null) return NOT_COUNTED;
    return createTooLong(tokenCounter, maxTokens ?? DEFAULT_MAX_TOKENS).start(context);
  },
};

function createTooLong(counter: TokenCounter, maxTokens: number): AuditCheck {
  return createRowCheck({
    code: CODE,
    severity: counter.exact ? 'error' : 'warning',
    summary: `take more than ${maxTokens} tokens (${counter.name})`,
    advice:
      'A trainer cuts such rows or drops them without a word: raise its limit (--max-tokens), shrink the images or leave the rows out.',
    find: (row) => findTooLong(counter.count(row), maxTokens),
  });
}
