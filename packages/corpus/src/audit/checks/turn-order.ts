import { wordTurnOf } from '../../conversation-shape.ts';
import type { AuditRow } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** Roles, number and emptiness of turns. */
export const turnOrder = createRowCheck({
  code: 'turn-order',
  severity: 'error',
  summary: 'have turns that are empty, missing or out of order',
  advice: 'Build these conversations again: consumers glue, drop or swap such rows in silence.',
  find: findDisorder,
});

function findDisorder(row: AuditRow): string | null {
  const { turns } = row;
  if (turns[0]?.role === 'system') return 'it begins with a system turn, which MiniCPM-V refuses';
  if (turns.length === 0 || turns.length % 2 !== 0) return `${turns.length} turns instead of pairs`;
  for (const [index, turn] of turns.entries()) {
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (turn.role !== expected) return `turn ${index} is the ${turn.role}'s instead of the ${expected}'s`;
    if (turn.text.trim() === '') return `turn ${index} is empty`;
  }
  // Only of a row of ours is it known that the last turn is to be the word.
  if (row.wordLabel !== null && turns.length === 4 && wordTurnOf(row) === null)
    return 'turn 3 is not one of the five words';
  return null;
}
