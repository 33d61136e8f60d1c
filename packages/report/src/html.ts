/** Markup that may stand in a page as it is. Only `html` and `trustedMarkup` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What `html` fills in: text is escaped, markup isn't, null, undefined and false leave no trace, lists are joined. */
export type HtmlValue = string | number | null | undefined | false | Markup | readonly HtmlValue[];

/** Template tag for HTML: every filled-in text is escaped, for element content and for quoted attributes alike. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  const parts = literals.map(
    (literal, index) => literal + (index < values.length ? textOf(values[index]) : ''),
  );
  return new Markup(parts.join(''));
}

/** Declares text to be safe markup. For what this package made itself: the style sheet, a chart's SVG. */
export function trustedMarkup(text: string): Markup {
  return new Markup(text);
}

function textOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also drops control characters, which no page may hold; tab and line feed stay. */
function escapeText(text: string): string {
  return text
    .replace(/[\p{Cc}--[\t\n]]/gv, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
