/** Characters of evidence shown on each side of what was found. */
const CONTEXT_CHARACTERS = 30;

/** A piece of text around a match, on one line, for evidence. */
export function quoteAround(text: string, index: number, length: number): string {
  const from = Math.max(0, index - CONTEXT_CHARACTERS);
  const to = Math.min(text.length, index + length + CONTEXT_CHARACTERS);
  const piece = text.slice(from, to).toWellFormed().replace(/\s+/gu, ' ');
  return `“${from > 0 ? '…' : ''}${piece}${to < text.length ? '…' : ''}”`;
}
