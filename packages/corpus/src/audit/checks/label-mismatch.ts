import { wordLabelOf } from '@retort/schema';
import { wordTurnOf } from '../../conversation-shape.ts';
import { type AuditRow, mosOf } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** The word that is trained against the word that the MOS gives. */
export const labelMismatch = createRowCheck({
  code: 'label-mismatch',
  severity: 'error',
  summary: 'carry another word than their MOS gives',
  advice:
    'Build these conversations again from the ratings; look whether another aspect’s MOS column was read.',
  find: findMismatch,
});

function findMismatch(row: AuditRow): string | null {
  const spoken = wordTurnOf(row);
  const mos = mosOf(row);
  if (mos === null) {
    if (row.wordLabel === null) return null;
    return `the word “${spoken ?? row.wordLabel}” without a MOS`;
  }
  const expected = wordLabelOf(mos);
  const known = mos.toFixed(2);
  if (row.wordLabel !== null && row.wordLabel !== expected)
    return `MOS ${known} is ${expected}, the row is labelled ${row.wordLabel}`;
  if (spoken === expected) return null;
  if (spoken === null && row.wordLabel === null) return null;
  return `MOS ${known} is ${expected}, the last turn says ${spoken ?? 'no word'}`;
}
