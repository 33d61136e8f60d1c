import { formatFixed, NO_FIGURE } from '../format-figures.ts';
import { html, type Markup } from '../html.ts';
import type { AspectComparison } from './comparison-data.ts';

type Estimate = AspectComparison['agreement']['rouge_l'];
type Spread = AspectComparison['lengths'][number]['a'];

/** The sign by which a side is known on the page. */
export function sideMark(side: 'a' | 'b'): Markup {
  return html`<span class="side-mark ${side}">${side.toUpperCase()}</span>`;
}

/** `2026-11-23 17:35 UTC` of UTC ISO 8601; a shorter date stays as it is. */
export function minuteOf(at: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(at) ? `${at.slice(0, 16).replace('T', ' ')} UTC` : at;
}

export function number(value: number | null, digits: number): string {
  return value === null ? NO_FIGURE : formatFixed(value, digits);
}

/** A cell with a figure and its interval below. */
export function estimateCell({ value, low, high }: Estimate, digits: number): Markup {
  const interval = low === null || high === null ? null : `[${number(low, digits)}, ${number(high, digits)}]`;
  return html`<td class="figure">${number(value, digits)}${interval !== null && html` <small>${interval}</small>`}</td>`;
}

/** A cell with a median and, below, the range from p10 to p90. */
export function spreadCell({ median, p10, p90 }: Spread, digits = 0): Markup {
  return html`<td class="figure">${number(median, digits)}${
    p10 !== null && html` <small>${number(p10, digits)} to ${number(p90, digits)}</small>`
  }</td>`;
}

export function textCell(text: string): Markup {
  return html`<td class="figure">${text}</td>`;
}

/** Head of a table with a column for each side, and one for the difference where there is one. */
export function sidesHead(title: string, difference: boolean): Markup {
  return html`<thead><tr><th>${title}</th><th class="figure">${sideMark('a')}</th><th class="figure">${sideMark('b')}</th>${
    difference && html`<th class="figure">B − A</th>`
  }</tr></thead>`;
}
