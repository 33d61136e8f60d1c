import { type HtmlValue, html, type Markup } from '../html.ts';

/** A part of the page: `id` is its anchor, `title` its heading and its entry in the table of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: HtmlValue;
}

export function renderSection({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

/** A table that scrolls inside itself on a narrow screen. */
export function tableFrame(table: Markup): Markup {
  return html`<div class="table-frame" tabindex="0">${table}</div>`;
}
