import { headName, REFERENCE_HEAD, type ReportData } from '@retort/report';
import { type Aspect, WORD_LABELS } from '@retort/schema';
import type { AspectMetrics, FitComparison, FitFigures, FitFloor, FitWords } from '@retort/scorer';

type AspectFit = NonNullable<NonNullable<ReportData['fit']>[Aspect]>;
type Floor = AspectFit['floor'];
type Metrics = Floor['metrics'];
type Metric = Metrics['srcc'];
type Words = NonNullable<Floor['words']>;
type Heads = AspectFit['heads'];
type HeadResult = Heads[0];
type Bounds = readonly [number, number] | null | undefined;

/** Every head of an aspect, the scorer first, the others in the fit's order; null where the scorer has no figures. */
export function headList(found: AspectMetrics, scorer: string): Heads | null {
  const { [scorer]: own, ...others } = found.heads;
  if (own === undefined) return null;
  const facts = (name: string, figures: FitFigures) => headFacts(name, figures, found.comparisons?.[name]);
  return [
    { ...facts(scorer, own), role: 'scorer' },
    ...Object.entries(others).map(([name, figures]) => facts(name, figures)),
  ];
}

/** Name of the head that the others are compared with; null where it wasn't fitted. */
export function referenceName(found: AspectMetrics): string | null {
  return found.heads[REFERENCE_HEAD] === undefined ? null : REFERENCE_HEAD;
}

/** A head's figures in the report's shape. What the fit didn't measure is absent. */
export function headFacts(name: string, figures: FitFigures, comparison?: FitComparison): HeadResult {
  const { title, kind } = headName(name);
  const { srcc_mean, srcc_worst, srcc_mean_interval, worst_generator_setting, n_settings, reason } =
    figures.within_generator;
  return {
    name,
    title,
    role: kind === 'floor' ? 'floor' : 'head',
    metrics: metricFacts(figures),
    ...differenceFacts(comparison),
    ...wordFacts('words', figures.words, figures.intervals),
    ...withinPromptFacts(figures),
    per_generator: figures.per_generator.map(({ generator, n, srcc, plcc_raw }) => ({
      generator,
      n,
      srcc: metricOf(srcc, 'too few rows, or constant values'),
      plcc_raw: metricOf(plcc_raw, 'too few rows, or constant values'),
    })),
    within_generator:
      figures.per_generator.length === 0
        ? null
        : {
            srcc_mean: metricOf(srcc_mean, reason, srcc_mean_interval),
            srcc_worst: metricOf(srcc_worst, reason),
            worst_generator_setting: worst_generator_setting ?? null,
            n_settings,
          },
  };
}

/** The floor's figures; where there is no floor, every figure says why. `head` is the one that it is compared with. */
export function floorFacts(floor: FitFloor, head: string): Floor {
  const { definition, reason, commonest_word, all_rows } = floor;
  const ahead = floor.head_minus_floor?.[head];
  const why = reason ?? null;
  const metrics = metricFacts(
    why === null ? floor : { ...floor, reasons: Object.fromEntries(FIGURES.map((name) => [name, why])) },
  );
  return {
    definition,
    metrics,
    ...wordFacts('words', floor.words, floor.intervals, why),
    ...wordFacts('commonest_word', commonest_word, {}, why),
    ...(ahead === undefined
      ? {}
      : {
          head_minus_floor: {
            srcc: metricOf(ahead.srcc_difference, why ?? 'one of them has no SRCC', ahead.interval),
            p: ahead.p,
          },
        }),
    ...(all_rows === undefined
      ? {}
      : {
          all_rows: {
            n: all_rows.n,
            srcc: metricOf(all_rows.srcc, why ?? CONSTANT),
            plcc_raw: metricOf(all_rows.plcc_raw, why ?? CONSTANT),
            accuracy: metricOf(all_rows.accuracy, why ?? 'no rows'),
            rough_accuracy: metricOf(all_rows.rough_accuracy, why ?? 'no rows'),
          },
        }),
  };
}

/** Intervals and seeds of an aspect's heads. */
export function calibrationFacts(found: AspectMetrics, head: string): Pick<AspectFit, 'conformal' | 'seeds'> {
  const conformal = found.conformal?.[head];
  const { half_width, coverage, n, note } = conformal ?? {};
  return {
    ...(half_width === undefined || coverage === undefined || n === undefined || note === undefined
      ? {}
      : { conformal: { half_width, coverage, n, note } }),
    ...(found.seeds === undefined
      ? {}
      : {
          seeds: Object.entries(found.seeds).map(([name, figures]) => ({
            head: name,
            figures: Object.entries(figures).map(([figure, spread]) => ({ figure, ...spread })),
          })),
        }),
  };
}

const CONSTANT = 'too few rows, or constant values';

const FIGURES = [
  'srcc',
  'plcc_raw',
  'plcc_logistic4',
  'plcc_logistic5',
  'krcc',
  'rmse_raw',
  'rmse_logistic5',
] as const satisfies readonly Exclude<keyof Metrics, 'n'>[];

function metricFacts(figures: FitFigures): Metrics {
  const metric = (name: (typeof FIGURES)[number]) =>
    metricOf(figures[name], figures.reasons[name] ?? null, figures.intervals[name]);
  return {
    n: figures.n,
    srcc: metric('srcc'),
    plcc_raw: metric('plcc_raw'),
    plcc_logistic4: metric('plcc_logistic4'),
    plcc_logistic5: metric('plcc_logistic5'),
    krcc: metric('krcc'),
    rmse_raw: metric('rmse_raw'),
    rmse_logistic5: metric('rmse_logistic5'),
  };
}

/** Empty for words that were measured before precision, F1 and recall were. */
function wordFacts<Name extends string>(
  name: Name,
  words: FitWords | undefined,
  intervals: FitFigures['intervals'],
  why: string | null = null,
): { [Key in Name]?: Words } {
  if (words?.n === undefined || words.recall === undefined) return {};
  const { n, recall, counts, reasons } = words;
  const none = why ?? 'no rows';
  const facts: Words = {
    n,
    accuracy: metricOf(words.accuracy, none, intervals.accuracy),
    rough_accuracy: metricOf(words.rough_accuracy, none, intervals.rough_accuracy),
    precision_weighted: metricOf(words.precision_weighted ?? null, none),
    f1_weighted: metricOf(words.f1_weighted ?? null, none),
    recall: WORD_LABELS.map((word) => ({
      word,
      n: counts?.[word] ?? 0,
      recall: metricOf(recall[word] ?? null, why ?? reasons?.[`recall_${word}`] ?? none),
    })),
  };
  // One computed key of a generic name: TypeScript widens it to string.
  return { [name]: facts } as { [Key in Name]?: Words };
}

function differenceFacts(comparison: FitComparison | undefined): Pick<HeadResult, 'minus_reference'> {
  if (comparison === undefined) return {};
  const none = 'one of them has no correlation';
  return {
    minus_reference: {
      srcc: metricOf(comparison.srcc_difference, none, comparison.interval),
      srcc_p: comparison.p,
      plcc_raw: metricOf(comparison.plcc_difference, none, comparison.plcc_interval),
      plcc_raw_p: comparison.plcc_p,
    },
  };
}

function withinPromptFacts({ within_prompt: within }: FitFigures): Pick<HeadResult, 'within_prompt'> {
  if (within === undefined) return {};
  const { srcc_mean, srcc_mean_interval, reason, ...counts } = within;
  return { within_prompt: { srcc_mean: metricOf(srcc_mean, reason, srcc_mean_interval), ...counts } };
}

/** A figure with its bounds; without a value the reason, which a figure that has one doesn't need. */
function metricOf(value: number | null, reason: string | null, bounds?: Bounds): Metric {
  const [low, high] = bounds ?? [null, null];
  return { value, low, high, reason: value === null ? reason : null };
}
