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
  if (row.turns.length !== 2 && row.turns.length !== 4) return `${row.turns.length} turns instead of 2 or 4`;
  for (const [index, turn] of row.turns.entries()) {
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (turn.role !== expected) return `turn ${index} is the ${turn.role}'s instead of the ${expected}'s`;
    if (turn.text.trim() === '') return `turn ${index} is empty`;
  }
  if (row.turns.length === 4 && wordTurnOf(row) === null) return 'turn 3 is not one of the five words';
  return null;
}
