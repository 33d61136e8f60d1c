import { findControlTokens, IMAGE_TOKEN } from '../../control-tokens.ts';
import type { AuditRow } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** Control tokens live in the text; `<image>` has a check of its own. */
export const controlToken = createRowCheck({
  code: 'control-token',
  severity: 'error',
  summary: 'have a control token inside their text',
  advice:
    'Build these conversations again: a tokenizer turns the text into the token, which ends a turn or breaks the image.',
  find: findLiveToken,
});

function findLiveToken(row: AuditRow): string | null {
  for (const [index, turn] of row.turns.entries()) {
    const token = findControlTokens(turn.text).find((found) => found !== IMAGE_TOKEN);
    if (token !== undefined) return `${token} in turn ${index}`;
  }
  return null;
}
