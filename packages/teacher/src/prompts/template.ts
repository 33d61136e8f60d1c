const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** Names of the `{{variables}}` in a text, each once, in order of appearance. */
export function templateVariables(template: string): readonly string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))];
}

/** Puts values in place of `{{variables}}`, made harmless; a value is never read as a template itself. */
export function fillTemplate(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (placeholder, name: string) => {
    const value = variables[name];
    return value === undefined ? placeholder : neutralise(value);
  });
}

/** Characters that are, or fold to, an angle bracket: a model may read any of them as the end of a tag. */
const OPENING = /[<\uff1c\ufe64\u226e]/g;
const CLOSING = /[>\uff1e\ufe65\u226f]/g;

/**
 * Characters that nobody sees and a model may read: zero-width spaces and operators, soft hyphens, "tags" (which spell ASCII
 * invisibly) and the variation selectors beyond those of emoji. The joiners that emoji and some scripts need stay.
 */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060-\u2064]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/gu;

/**
 * A value that can't leave its place: without angle brackets it closes no tag and forms no control token of a
 * model, without line breaks it ends no line. Control, format and separator characters become spaces.
 */
function neutralise(value: string): string {
  return value
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(OPENING, '‹')
    .replace(CLOSING, '›')
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
}
