import { readFile } from 'node:fs/promises';
import { html, type Markup, trustedMarkup } from './html.ts';
import { renderSection, type Section } from './sections/section.ts';

/** Files of `styles/` in the order of the cascade. */
const STYLESHEETS = [
  'colours',
  'page',
  'text',
  'summary',
  'track',
  'tables',
  'charts',
  'audit',
  'gallery',
  'comparison',
  'media',
] as const;

/** Nothing is fetched and no script runs, even if a text of a teacher got past the escaping. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export interface Page {
  readonly title: string;
  readonly eyebrow: string;
  readonly heading: string;
  /** The line below the heading. */
  readonly byline: Markup;
  readonly sections: readonly Section[];
}

/** A page that opens offline, with everything it needs inside, and a table of contents. */
export async function renderPage({ title, eyebrow, heading, byline, sections }: Page): Promise<string> {
  const styles = await readStyles();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedMarkup(styles)}</style>
</head>
<body>
<header>
<p class="eyebrow">${eyebrow}</p>
<h1>${heading}</h1>
<p class="fine">${byline}</p>
</header>
<nav aria-label="Sections"><ol>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ol></nav>
<main>
${sections.map(renderSection)}</main>
</body>
</html>
`.text;
}

async function readStyles(): Promise<string> {
  const paths = STYLESHEETS.map((name) => new URL(`./styles/${name}.css`, import.meta.url));
  return (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n');
}
