/** Text of others on one line and without markup of its own. */
export function inlineText(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[<>&`*_[\]]/g, (character) => `\\${character}`);
}
