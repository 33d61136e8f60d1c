import { countDefusedTokens } from '../../control-tokens.ts';
import type { AuditRow } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** Makes visible where a text was changed on its way into the corpus. */
export const controlTokenDefused = createRowCheck({
  code: 'control-token-defused',
  severity: 'info',
  summary: 'had a control token in their text, which got a space after its “<”',
  advice: 'Nothing to do. Look at the image prompts or answers they came from if there are many.',
  find: findDefused,
});

function findDefused(row: AuditRow): string | null {
  const index = row.turns.findIndex((turn) => countDefusedTokens(turn.text) > 0);
  return index === -1 ? null : `turn ${index}`;
}
