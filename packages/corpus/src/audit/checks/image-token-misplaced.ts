import { IMAGE_TOKEN } from '../../control-tokens.ts';
import { IMAGE_LINE } from '../../conversation-shape.ts';
import type { AuditRow } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** `<image>` anywhere but once, on the first line of turn 0. */
export const imageTokenMisplaced = createRowCheck({
  code: 'image-token-misplaced',
  severity: 'error',
  summary: `have ${IMAGE_TOKEN} in a wrong place or number`,
  advice:
    'Build these conversations again: consumers put the picture where the token is, or swap the row in silence.',
  find: findMisplaced,
});

function findMisplaced(row: AuditRow): string | null {
  const first = row.turns[0];
  if (first === undefined) return null;
  if (!first.text.startsWith(IMAGE_LINE)) return `turn 0 doesn't begin with ${IMAGE_TOKEN} and a newline`;
  const index = row.turns.findIndex((turn, i) =>
    turn.text.includes(IMAGE_TOKEN, i === 0 ? IMAGE_LINE.length : 0),
  );
  return index === -1 ? null : `another ${IMAGE_TOKEN} in turn ${index}`;
}
