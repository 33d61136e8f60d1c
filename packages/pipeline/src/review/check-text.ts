import { findControlTokens, findRefusalIn } from '@retort/corpus';
import { RetortError } from '@retort/schema';
import { parseAnswer } from '@retort/teacher';

export class ReviewTextError extends RetortError {
  readonly code = 'usage';
  constructor(rowId: string, problem: string) {
    super(`The text for ${rowId} can't stand as a description: ${problem}`);
  }
}

/** A description by a person, and what was done to it. */
export interface CheckedText {
  readonly text: string;
  /** What was taken off, as in `ParsedAnswer`. */
  readonly cleaned: readonly string[];
  /** Control tokens in it, which corpora hold defused. */
  readonly controlTokens: readonly string[];
}

/**
 * Holds a person's description to what is asked of a teacher's: the same parser, and no refusal.
 *
 * @throws ReviewTextError empty, a refusal, a word or a score alone, characters that no file of ours may hold
 */
export function checkReviewText(rowId: string, raw: string): CheckedText {
  if (raw.trim() === '') throw new ReviewTextError(rowId, 'it is empty.');
  if (!raw.isWellFormed() || raw.includes('\u0000')) {
    throw new ReviewTextError(rowId, 'it holds a NUL or half a character: save it as plain UTF-8 text.');
  }
  const parsed = parseAnswer('description', raw.trim());
  if (!parsed.ok) throw new ReviewTextError(rowId, parsed.reason);
  const text = parsed.description;
  if (text === null) throw new TypeError('the parser of one description gives one');
  const refusal = findRefusalIn(text);
  if (refusal !== null) throw new ReviewTextError(rowId, `it refuses to describe the image: ${refusal}.`);
  return { text, cleaned: parsed.cleaned, controlTokens: findControlTokens(text) };
}
