import { WORD_LABELS, type WordLabel, wordLabelOf } from '@retort/schema';
import { wordTurnOf } from '../../conversation-shape.ts';
import { type AuditRow, mosOf } from '../audit-row.ts';
import { createRowCheck } from '../row-check.ts';

/** Characters of an answer that the evidence shows. */
const SHOWN_CHARACTERS = 40;
/** A question that names so many of the five words asks for one of them. */
const WORDS_NAMED = 4;

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
  const spoken = wordTurnOf(row) ?? looseWordOf(row);
  if (spoken === null && asksForWord(row))
    return `the last turn, “${row.turns.at(-1)?.text.slice(0, SHOWN_CHARACTERS)}”, is none of the five words it is asked for`;
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

/** The word of a last turn that is written otherwise in somebody's file: “Good.” */
function looseWordOf({ turns }: AuditRow): WordLabel | null {
  const last = turns.at(-1);
  if (turns.length < 4 || last?.role !== 'assistant') return null;
  const text = last.text.trim().toLowerCase().replace(/\.$/u, '');
  return WORD_LABELS.find((word) => word === text) ?? null;
}

function asksForWord({ turns }: AuditRow): boolean {
  const [question, answer] = turns.slice(-2);
  if (turns.length < 4 || question?.role !== 'user' || answer?.role !== 'assistant') return false;
  if (answer.text.trim() === '') return false; // an empty turn is another finding
  const text = question.text.toLowerCase();
  return WORD_LABELS.filter((word) => text.includes(word)).length >= WORDS_NAMED;
}
