/** JavaScript and Python disagree on whether these end a line; escaped, no reader of lines stumbles. */
const UNICODE_LINE_ENDS = ['\u0085', '\u2028', '\u2029'] as const;

/** JSON on one line, UTF-8, that also splits by lines in Python's `splitlines`. */
export function jsonLine(value: unknown): string {
  let line = JSON.stringify(value);
  for (const character of UNICODE_LINE_ENDS) {
    // Nearly no text has one, and looking is ten times as fast as replacing nothing.
    if (line.includes(character)) line = line.replaceAll(character, escaped(character));
  }
  return line;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
