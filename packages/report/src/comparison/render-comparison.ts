import { html } from '../html.ts';
import { renderPage } from '../page-shell.ts';
import { aspectBody } from './aspect-section.ts';
import type { ComparisonData } from './comparison-data.ts';
import { examplesBody, methodBody, outcomesBody, sidesBody } from './comparison-sections.ts';

/** A comparison as one HTML page that opens offline. Equal data give an equal page; every text of the data is escaped. */
export function renderComparison(data: ComparisonData): Promise<string> {
  const { a, b } = data;
  return renderPage({
    title: `${a.selector} against ${b.selector}: Retort comparison`,
    eyebrow: 'Retort comparison',
    heading: 'A against B',
    byline: html`A: ${a.selector} · B: ${b.selector}`,
    sections: [
      { id: 'sides', title: 'What is compared', body: sidesBody(data) },
      { id: 'outcomes', title: 'Outcomes & cost', body: outcomesBody(data) },
      ...data.aspects.map((aspect) => ({
        id: `aspect-${aspect.aspect}`,
        title: `${aspect.aspect.charAt(0).toUpperCase()}${aspect.aspect.slice(1)}`,
        body: aspectBody(aspect),
      })),
      ...(data.examples.length === 0
        ? []
        : [{ id: 'examples', title: 'Largest disagreements', body: examplesBody(data) }]),
      { id: 'method', title: 'Method', body: methodBody(data) },
    ],
  });
}
