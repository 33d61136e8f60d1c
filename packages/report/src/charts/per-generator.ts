import type { HeadResult } from '../fit-data.ts';
import { formatMetric } from '../format-figures.ts';
import type { Markup } from '../html.ts';
import { CHART_COLOURS } from './chart-theme.ts';
import { UNKNOWN_GENERATOR } from './generator-key.ts';
import { type ChartLayer, renderSvg } from './render-svg.ts';

/** Heights in px: of the drawing if the rows can be stretched to it, and the least and most a row may have. */
const HEIGHTS = { drawing: 350, leastRow: 30, mostRow: 56 } as const;

/** Distance between the dots of two heads in a row, in px. */
const HEAD_DISTANCE = 12;

/** Colour of the head at `index`: the first is the scorer, any other something to compare it with. */
export function headColour(index: number): string {
  return index === 0 ? CHART_COLOURS.head : CHART_COLOURS.reference;
}

interface Dot {
  readonly generator: string;
  readonly srcc: number;
  readonly low: number;
  readonly high: number;
  readonly description: string;
}

/** SRCC of one or two heads on each generator's test images, with intervals where the fit gave them. */
export function renderPerGenerator(heads: readonly HeadResult[], label: string): Promise<Markup> {
  const dotsOf = heads.map(buildDots);
  const dots = dotsOf.flat();
  const lowest = dots.reduce((least, dot) => Math.min(least, dot.low), 0);
  const axes = {
    generators: [...new Set(dots.map((dot) => dot.generator))],
    lowest: Math.max(-1, Math.floor(lowest * 2) / 2),
  };
  return renderSvg(
    {
      width: 270,
      height: { step: rowHeight(axes.generators.length) },
      layer: dotsOf.flatMap((own, index) =>
        buildLayers(own, axes, {
          colour: headColour(index),
          yOffset: (index - (heads.length - 1) / 2) * HEAD_DISTANCE,
        }),
      ),
    },
    label,
  );
}

function rowHeight(rows: number): number {
  return Math.min(HEIGHTS.mostRow, Math.max(HEIGHTS.leastRow, HEIGHTS.drawing / Math.max(1, rows)));
}

interface Axes {
  readonly generators: string[];
  readonly lowest: number;
}

interface DotStyle {
  readonly colour: string;
  /** From the middle of the row, in px. */
  readonly yOffset: number;
}

function buildLayers(dots: Dot[], axes: Axes, { colour, yOffset }: DotStyle): ChartLayer[] {
  const domain = [axes.lowest, 1];
  const x = {
    type: 'quantitative',
    scale: { domain, nice: false },
    title: 'SRCC',
    axis: { tickCount: 4 },
  } as const;
  const y = {
    field: 'generator',
    type: 'nominal',
    scale: { domain: axes.generators },
    title: null,
    axis: { grid: false, ticks: false, domain: false, labelLimit: 150, labelPadding: 8 },
  } as const;
  return [
    {
      data: { values: dots },
      mark: { type: 'rule', color: colour, opacity: 0.45, strokeWidth: 2, yOffset },
      encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y },
    },
    {
      data: { values: dots },
      mark: { type: 'point', filled: true, size: 55, opacity: 1, color: colour, yOffset, aria: true },
      encoding: { x: { field: 'srcc', ...x }, y, description: { field: 'description' } },
    },
  ];
}

/** Generators without an SRCC (too few images) have no dot; the table says why. */
function buildDots({ title, per_generator }: HeadResult): Dot[] {
  return per_generator.flatMap(({ generator, n, srcc }) => {
    if (srcc.value === null) return [];
    const name = generator ?? UNKNOWN_GENERATOR;
    const description = `${name}, ${title}: SRCC ${formatMetric(srcc)}, n ${n}`;
    return {
      generator: name,
      srcc: srcc.value,
      low: srcc.low ?? srcc.value,
      high: srcc.high ?? srcc.value,
      description,
    };
  });
}
