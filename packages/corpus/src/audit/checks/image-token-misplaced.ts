import { IMAGE_TOKEN } from '../../control-tokens.ts';
import type { AuditRow } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** `<image>` anywhere but at the beginning of turn 0, once for each picture. */
export const imageTokenMisplaced = createRowCheck({
  code: 'image-token-misplaced',
  severity: 'error',
  summary: `have ${IMAGE_TOKEN} in a wrong place or number`,
  advice:
    'Build these conversations again: consumers put the picture where the token is, or swap the row in silence.',
  find: findMisplaced,
});

function findMisplaced(row: AuditRow): string | null {
  const [first, ...others] = row.turns;
  if (first === undefined) return null;
  const counts = row.turns.map(({ text }) => text.split(IMAGE_TOKEN).length - 1);
  const elsewhere = others.findIndex(({ text }) => text.includes(IMAGE_TOKEN));
  const images = row.imageCount ?? 1;
  if (images > 1) {
    const tokens = counts.reduce((sum, count) => sum + count, 0);
    return tokens === images ? null : `${tokens} ${IMAGE_TOKEN} for ${images} images`;
  }
  if (!first.text.startsWith(IMAGE_TOKEN)) return `turn 0 doesn't begin with ${IMAGE_TOKEN}`;
  if ((counts[0] ?? 0) > 1) return `another ${IMAGE_TOKEN} in turn 0`;
  return elsewhere === -1 ? null : `another ${IMAGE_TOKEN} in turn ${elsewhere + 1}`;
}
