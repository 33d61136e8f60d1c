import { FIVE_POINT_SCALE } from '@retort/schema';
import type { Prediction } from '../fit-data.ts';
import { formatFixed, formatInterval } from '../format-figures.ts';
import type { Markup } from '../html.ts';
import { CHART_COLOURS } from './chart-theme.ts';
import type { GeneratorKey } from './generator-key.ts';
import { type ChartLayer, renderSvg } from './render-svg.ts';

type Domain = [min: number, max: number];

/** Side of the drawing area, in px: both axes have the same unit. */
const SIDE = 350;

/** Interval lines beyond this many points become a grey wall: they are drawn fainter then. */
const MANY_POINTS = 150;

/** Predicted against rated MOS, a point an image; the identity line is a perfect prediction. */
export function renderScatter(
  predictions: readonly Prediction[],
  key: GeneratorKey,
  label: string,
): Promise<Markup> {
  const domain = commonDomain(predictions);
  const [min, max] = domain;
  const values = predictions.map((prediction) => ({
    mos: prediction.mos,
    predicted_mos: prediction.predicted_mos,
    low: Math.max(min, prediction.low ?? prediction.predicted_mos),
    high: Math.min(max, prediction.high ?? prediction.predicted_mos),
    colour: key.entryOf(prediction.generator).colour,
    description: describe(prediction),
  }));
  const layer = [identityLine(domain), ...pointLayers(domain, values.length)];
  return renderSvg({ width: SIDE, height: SIDE, data: { values }, layer }, label);
}

function identityLine([from, to]: Domain): ChartLayer {
  return {
    data: { values: [{ from, to }] },
    mark: { type: 'rule', color: CHART_COLOURS.muted, strokeDash: [5, 4] },
    encoding: {
      x: { field: 'from', type: 'quantitative' },
      y: { field: 'from', type: 'quantitative' },
      x2: { field: 'to' },
      y2: { field: 'to' },
    },
  };
}

/** Intervals, and the points on top of them. */
function pointLayers(domain: Domain, count: number): ChartLayer[] {
  const scale = { domain, nice: false };
  const axis = { tickCount: 6 };
  const x = { field: 'mos', type: 'quantitative', scale, axis, title: 'MOS (people)' } as const;
  const y = { type: 'quantitative', scale, axis, title: 'Predicted MOS' } as const;
  const color = { field: 'colour', type: 'nominal', scale: null } as const;
  return [
    {
      mark: { type: 'rule', opacity: count > MANY_POINTS ? 0.1 : 0.25 },
      encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
    },
    {
      mark: { type: 'point', filled: true, size: 34, opacity: 0.9, aria: true },
      encoding: { x, y: { field: 'predicted_mos', ...y }, color, description: { field: 'description' } },
    },
  ];
}

/** The five-point scale, widened by whole points where a prediction leaves it. */
function commonDomain(predictions: readonly Prediction[]): Domain {
  const all = predictions.flatMap((prediction) => [prediction.mos, prediction.predicted_mos]);
  const min = all.reduce((least, value) => Math.min(least, value), FIVE_POINT_SCALE.min);
  const max = all.reduce((most, value) => Math.max(most, value), FIVE_POINT_SCALE.max);
  return [Math.floor(min), Math.ceil(max)];
}

function describe(prediction: Prediction): string {
  const mos = formatFixed(prediction.mos, 3);
  const predicted = formatFixed(prediction.predicted_mos, 3);
  return `${prediction.sample_name}: MOS ${mos}, predicted ${predicted} ${formatInterval(prediction) ?? ''}`.trim();
}
