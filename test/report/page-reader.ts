/** What a test reads off a rendered page, without a DOM. */

export interface PageTable {
  readonly caption: string;
  /** Text of each cell, row by row, header rows included. */
  readonly rows: readonly (readonly string[])[];
}

/** Tables of a page in their order. */
export function readTables(page: string): PageTable[] {
  return [...page.matchAll(/<table[^>]*>(.*?)<\/table>/gs)].map(([, table = '']) => ({
    caption: plainText(/<caption>(.*?)<\/caption>/s.exec(table)?.[1] ?? ''),
    rows: [...table.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => plainText(cell)),
    ),
  }));
}

/** Inner markup of the section with this anchor; empty when the page has none. */
export function readSection(page: string, id: string): string {
  return new RegExp(`<section id="${id}"[^>]*>(.*?)</section>`, 's').exec(page)?.[1] ?? '';
}

/** The text a reader sees: no tags, entities resolved, white space collapsed. */
export function plainText(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Names of all tags in their order: two pages of one structure have the same. */
export function readTagNames(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z][\w-]*)/gi)].map(([, name = '']) => name);
}
