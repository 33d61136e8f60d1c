import type { AspectFit, Head, HeadResult } from '../fit-data.ts';
import { formatMetric } from '../format-figures.ts';
import type { Markup } from '../html.ts';
import { CHART_COLOURS } from './chart-theme.ts';
import { UNKNOWN_GENERATOR } from './generator-key.ts';
import { type ChartLayer, renderSvg } from './render-svg.ts';

/** Heights in px: of the drawing if the rows can be stretched to it, and the least and most a row may have. */
const HEIGHTS = { drawing: 350, leastRow: 30, mostRow: 56 } as const;

/** How the chart shows a head; `offset` is the distance of its dots from the middle of the row, in px. */
const HEAD_STYLES: Readonly<Record<Head, { readonly colour: string; readonly offset: number }>> = {
  xlstm: { colour: CHART_COLOURS.head, offset: -6 },
  'kernel-ridge': { colour: CHART_COLOURS.reference, offset: 6 },
};

interface Dot {
  readonly generator: string;
  readonly srcc: number;
  readonly low: number;
  readonly high: number;
  readonly description: string;
}

/** SRCC of both heads on each generator's test images, with intervals where the scorer gave them. */
export function renderPerGenerator(fit: AspectFit, label: string): Promise<Markup> {
  const xlstm = buildDots('xlstm', fit.heads.xlstm);
  const kernelRidge = buildDots('kernel-ridge', fit.heads['kernel-ridge']);
  const dots = [...xlstm, ...kernelRidge];
  const lowest = dots.reduce((least, dot) => Math.min(least, dot.low), 0);
  const axes = {
    generators: [...new Set(dots.map((dot) => dot.generator))],
    lowest: Math.max(-1, Math.floor(lowest * 2) / 2),
  };
  return renderSvg(
    {
      width: 270,
      height: { step: rowHeight(axes.generators.length) },
      layer: [...buildLayers('xlstm', xlstm, axes), ...buildLayers('kernel-ridge', kernelRidge, axes)],
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

function buildLayers(head: Head, dots: Dot[], axes: Axes): ChartLayer[] {
  const { colour, offset: yOffset } = HEAD_STYLES[head];
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
function buildDots(head: Head, result: HeadResult | null): Dot[] {
  return (result?.per_generator ?? []).flatMap(({ generator, n, srcc }) => {
    if (srcc.value === null) return [];
    const name = generator ?? UNKNOWN_GENERATOR;
    const description = `${name}, ${head}: SRCC ${formatMetric(srcc)}, n ${n}`;
    return {
      generator: name,
      srcc: srcc.value,
      low: srcc.low ?? srcc.value,
      high: srcc.high ?? srcc.value,
      description,
    };
  });
}
