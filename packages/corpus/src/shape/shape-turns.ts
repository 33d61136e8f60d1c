import type { CorpusRow } from '@retort/schema';
import { askedAtOnce, isWordOnly } from '../conversation-shape.ts';
import { CorpusUsageError } from '../errors.ts';
import { type LeftOutRow, leftOut } from './left-out.ts';

/** Which turns the rows of an export have; null leaves both kinds. */
export interface TurnShape {
  readonly turns: 2 | 4 | null;
  readonly words: boolean | null;
}

/** @throws CorpusUsageError four turns end with the word, so they can't be had without it */
export function assertTurnShape({ turns, words }: TurnShape): void {
  if (turns === 4 && words === false) {
    throw new CorpusUsageError('--turns 4 ends with the word and --no-words takes it away: use one of them.');
  }
}

/**
 * A row with the turns that are asked for. A rated row has question, description, word question and word; an unrated one
 * the first two; an evaluation row whose text saw the label question and word only.
 *
 * - 4 turns, or words: rows without a word are left out, the others stay as they are
 * - 2 turns: question and description; a row of question and word stays
 * - 2 turns with words: question with word question, and the word
 * - no words: question and description; a row of question and word is left out
 */
export function shapeTurns(row: CorpusRow, { turns, words }: TurnShape): CorpusRow | LeftOutRow {
  if (isWordOnly(row.turns)) {
    return words === false ? leftOut(row, 'has question and word only, and words are left out') : row;
  }
  const [question, description, wordQuestion, word] = row.turns;
  if (question === undefined || description === undefined) return row;
  const rated = wordQuestion !== undefined && word !== undefined;
  if (words === false) return { ...row, turns: [question, description] };
  if ((words === true || turns === 4) && !rated) return leftOut(row, 'has no rating, so no word');
  if (turns !== 2) return row;
  if (words !== true || !rated) return { ...row, turns: [question, description] };
  return { ...row, turns: [{ role: 'user', text: askedAtOnce(question, wordQuestion) }, word] };
}
