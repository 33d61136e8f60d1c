import type { Config } from 'vega-lite';

/** CSS variables of styles/colours.css, which hold a light and a dark value each. */
export const CHART_COLOURS = {
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  line: 'var(--line)',
  head: 'var(--head)',
  reference: 'var(--reference)',
} as const;

/** Colours that tell generators apart; styles/colours.css defines as many. */
export const GENERATOR_COLOUR_COUNT = 10;

/** Name of the group for generators beyond the last colour. */
export const OTHER_GENERATORS = 'other';

const FONT = 'inherit';

export const chartConfig: Config = {
  font: FONT,
  view: { stroke: null },
  axis: {
    domainColor: CHART_COLOURS.muted,
    gridColor: CHART_COLOURS.line,
    tickColor: CHART_COLOURS.muted,
    labelColor: CHART_COLOURS.muted,
    titleColor: CHART_COLOURS.ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    tickSize: 4,
  },
  aria: false,
};

/** Fill of the generator at `index` in the page's order of generators. */
export function generatorColour(index: number): string {
  return `var(--g${Math.min(index, GENERATOR_COLOUR_COUNT - 1)})`;
}
