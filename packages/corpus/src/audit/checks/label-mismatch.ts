import { type CorpusRow, wordLabelOf } from '@retort/schema';
import { wordTurnOf } from '../../conversation-shape.ts';
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

function findMismatch(row: CorpusRow): string | null {
  const spoken = wordTurnOf(row);
  if (row.mos === null) {
    if (row.wordLabel === null && spoken === null) return null;
    return `the word “${spoken ?? row.wordLabel}” without a MOS`;
  }
  const expected = wordLabelOf(row.mos);
  const mos = row.mos.toFixed(2);
  if (row.wordLabel !== expected)
    return `MOS ${mos} is ${expected}, the row is labelled ${row.wordLabel ?? 'nothing'}`;
  if (spoken === expected) return null;
  return `MOS ${mos} is ${expected}, the last turn says ${spoken === null ? 'no word' : spoken}`;
}
