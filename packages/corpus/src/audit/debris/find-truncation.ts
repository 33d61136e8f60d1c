import { quoteAround } from '../quote.ts';

/** What a finished text ends in, closing quotes and brackets and markdown after it. */
const FINISHED = /[.!?…。！？؟।][\s"'”’»)\]}*_`]*$/u;
/** A last line, or a last point run on in a line, that is an item of a list: those may end without a full stop. */
const LIST_ITEM = /(?:^|\n|\s)(?:[-*•]|\d+[.)])\s+[^\n]{1,160}$/u;
/** Characters at the end that the evidence shows. */
const SHOWN_CHARACTERS = 40;

/**
 * The end of a description that stops in the middle of a sentence; null when it is finished. Of the 4,770 recorded
 * answers one ends without a full stop, in a list (checked 2026-11-28).
 */
export function findTruncation(description: string): string | null {
  const text = description.trimEnd();
  if (text === '' || FINISHED.test(text) || (LIST_ITEM.test(text) && !/[,;:(-]$/u.test(text))) return null;
  return `it breaks off: ${quoteAround(text, Math.max(0, text.length - SHOWN_CHARACTERS), SHOWN_CHARACTERS)}`;
}
