/** JavaScript and Python disagree on whether these end a line; escaped, no reader of lines stumbles. */
const UNICODE_LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** JSON on one line, UTF-8, that also splits by lines in Python's `splitlines`. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    UNICODE_LINE_ENDS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
