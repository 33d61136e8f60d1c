import { type Turn, WORD_LABELS, type WordLabel } from '@retort/schema';
import { IMAGE_TOKEN } from './control-tokens.ts';

/** Turns of ours, or of a file from elsewhere, where a role can be anything. */
interface AnyTurns {
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

/** How turn 0 begins: the picture, a newline, the question. */
export const IMAGE_LINE = `${IMAGE_TOKEN}\n`;

/** The word that a turn consists of; null when it is anything else. */
export function readWordLabel(text: string): WordLabel | null {
  return WORD_LABELS.find((word) => word === text) ?? null;
}

/** True for the shape of an evaluation row: one user turn with the question, one assistant turn with only a word. */
export function isWordOnly(turns: AnyTurns['turns']): boolean {
  const answer = turns[1];
  return turns.length === 2 && answer !== undefined && readWordLabel(answer.text) !== null;
}

/** The description in a conversation; null where a row carries question and word only. */
export function descriptionOf(conversation: AnyTurns): string | null {
  const answer = conversation.turns[1];
  if (answer === undefined || answer.role !== 'assistant' || isWordOnly(conversation.turns)) return null;
  return answer.text;
}

/** The word at the end of a rated conversation; null when its last turn isn't one. */
export function wordTurnOf(conversation: AnyTurns): WordLabel | null {
  const last = conversation.turns.at(-1);
  return last?.role === 'assistant' ? readWordLabel(last.text) : null;
}

/** What the user asks in a row of question and word: both questions, a newline between them. */
export function askedAtOnce(question: Pick<Turn, 'text'>, wordQuestion: Pick<Turn, 'text'>): string {
  return `${question.text}\n${wordQuestion.text}`;
}
