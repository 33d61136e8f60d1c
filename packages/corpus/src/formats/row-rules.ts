import type { CorpusRow } from '@retort/schema';
import { findControlTokens, IMAGE_TOKEN } from '../control-tokens.ts';
import { IMAGE_LINE, isWordOnly } from '../conversation-shape.ts';
import { CorpusRowError } from '../errors.ts';
import { rowId } from '../row-id.ts';

/**
 * Refuses a row that a consumer would silently drop, swap or misread, or that would leak a label into evaluation. Each
 * rule is one that a real loader breaks without an error; see `formats.md`, checked 2026-11-23.
 *
 * @throws CorpusRowError naming row, turn and rule
 */
export function assertExportable(row: CorpusRow): void {
  const problem = findTurnProblem(row) ?? findTextProblem(row) ?? findLeak(row);
  if (problem !== null)
    throw new CorpusRowError(rowId(row), `${problem}. Run the audit and build this row again.`);
}

function findTurnProblem({ turns }: CorpusRow): string | null {
  if (turns.length < 2 || turns.length % 2 !== 0) {
    return `expected pairs of a user's and an assistant's turn, got ${turns.length} turns`;
  }
  for (const [index, turn] of turns.entries()) {
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (turn.role !== expected)
      return `expected turn ${index} to be the ${expected}'s, got the ${turn.role}'s`;
    if (turn.text.trim() === '') return `expected text in turn ${index}, got none`;
  }
  return null;
}

function findTextProblem({ turns }: CorpusRow): string | null {
  if (!turns[0]?.text.startsWith(IMAGE_LINE))
    return `expected turn 0 to begin with ${IMAGE_TOKEN} and a newline`;
  if (turns[0].text.slice(IMAGE_LINE.length).trim() === '')
    return 'expected a question after the image, got none';
  for (const [index, turn] of turns.entries()) {
    const text = index === 0 ? turn.text.slice(IMAGE_LINE.length) : turn.text;
    const [token] = findControlTokens(text);
    if (token !== undefined) return `expected plain text in turn ${index}, got the control token ${token}`;
    if (!text.isWellFormed()) return `expected Unicode in turn ${index}, got half of a surrogate pair`;
  }
  return null;
}

function findLeak(row: CorpusRow): string | null {
  if (row.split === 'train' || !row.sawLabel || isWordOnly(row.turns)) return null;
  return `expected question and word only in ${row.split}, got a description that was written with the MOS in sight`;
}
