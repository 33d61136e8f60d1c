import type { AspectFit } from '../fit-data.ts';
import type { Markup } from '../html.ts';
import { CHART_COLOURS } from './chart-theme.ts';
import { type ChartLayer, type ChartPanel, renderSvg } from './render-svg.ts';

type HistoryRow = AspectFit['history'][number];

/** Size of each of the two panels, in px. */
const PANEL = { width: 350, height: 130 } as const;

/** Train loss above validation SRCC, over epochs; line and dot mark the epoch whose weights were kept. */
export function renderLearningCurves(fit: AspectFit, label: string): Promise<Markup> {
  const loss = {
    field: 'train_loss',
    title: 'Train loss',
    colour: CHART_COLOURS.reference,
    isLast: false,
  } as const;
  const srcc = {
    field: 'val_srcc',
    title: 'Validation SRCC',
    colour: CHART_COLOURS.head,
    isLast: true,
  } as const;
  return renderSvg(
    { data: { values: fit.history }, spacing: 16, vconcat: [buildPanel(fit, loss), buildPanel(fit, srcc)] },
    label,
  );
}

interface PanelOptions {
  readonly field: 'train_loss' | 'val_srcc';
  readonly title: string;
  readonly colour: string;
  readonly isLast: boolean;
}

function buildPanel(fit: AspectFit, options: PanelOptions): ChartPanel {
  const lastEpoch = fit.history.reduce((last, row) => Math.max(last, row.epoch), 2);
  const domain = [1, lastEpoch];
  const best = fit.history.filter((row) => row.epoch === fit.best_epoch);
  const encoding = {
    x: {
      field: 'epoch',
      type: 'quantitative',
      scale: { domain, nice: false },
      axis: {
        title: options.isLast ? 'Epoch' : null,
        tickMinStep: 1,
        tickCount: 8,
        format: 'd',
        grid: false,
      },
    },
    y: {
      field: options.field,
      type: 'quantitative',
      scale: { zero: false },
      title: options.title,
      axis: { tickCount: 4 },
    },
  } as const;
  return {
    ...PANEL,
    layer: [
      bestEpochRule(best, domain),
      { mark: { type: 'line', color: options.colour, strokeWidth: 1.75 }, encoding },
      {
        data: { values: best },
        mark: { type: 'point', filled: true, size: 60, opacity: 1, color: options.colour },
        encoding,
      },
    ],
  };
}

function bestEpochRule(best: HistoryRow[], domain: number[]): ChartLayer {
  return {
    data: { values: best },
    mark: { type: 'rule', color: CHART_COLOURS.muted, strokeDash: [3, 3] },
    encoding: { x: { field: 'epoch', type: 'quantitative', scale: { domain, nice: false } } },
  };
}
