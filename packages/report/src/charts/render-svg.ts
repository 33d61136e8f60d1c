import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup, trustedMarkup } from '../html.ts';
import { chartConfig } from './chart-theme.ts';

/** A vega-lite specification: data inside, nothing fetched. */
export type ChartSpec = TopLevelSpec;
export type ChartLayer = Extract<ChartSpec, { layer: unknown }>['layer'][number];
export type ChartPanel = Extract<ChartSpec, { vconcat: unknown }>['vconcat'][number];

/**
 * Draws a specification as inline SVG without a DOM. Colours may be CSS variables of the page, so that one drawing
 * serves light and dark. A mark's `description` becomes its tooltip. Text in the data is escaped by vega.
 *
 * @param label what a screen reader says in place of the drawing; the page's tables hold the figures
 */
export async function renderSvg(spec: ChartSpec, label: string): Promise<Markup> {
  // Loaded here: half of the callers of this package only print a summary and shouldn't wait for vega.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = vegaLite.compile({ ...spec, background: 'transparent', config: chartConfig });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logLevel: vega.Error });
  try {
    return trustedMarkup(tidySvg(await view.toSVG(), label));
  } finally {
    view.finalize();
  }
}

/**
 * Makes vega's SVG fit to stand in a page. The root gets a label and loses its namespaces, which HTML knows; its parts
 * lose the roles that nobody reads below an image; descriptions become titles, and coordinates two decimals.
 */
function tidySvg(svg: string, label: string): string {
  return svg
    .replace(
      /^<svg [^>]*?viewBox="([^"]*)"[^>]*>/,
      (_root, viewBox: string) => rootElement(viewBox, label).text,
    )
    .replace(/<(path|line) aria-label="([^"]*)"([^>]*)\/>/g, '<$1$3><title>$2</title></$1>')
    .replace(/<(?:g|path|line|text) [^<>]*>/g, tidyTag);
}

function tidyTag(tag: string): string {
  return tag
    .replace(/ (?:role|aria-roledescription|aria-hidden|pointer-events)="[^"]*"/g, '')
    .replace(/ (?:transform|d|x2|y2)="[^"]*"/g, (attribute) => attribute.replace(/(\.\d\d)\d+/g, '$1'));
}

function rootElement(viewBox: string, label: string): Markup {
  const width = viewBox.split(' ')[2];
  return html`<svg class="chart" viewBox="${viewBox}" style="max-width: ${width}px" role="img" aria-label="${label}">`;
}
