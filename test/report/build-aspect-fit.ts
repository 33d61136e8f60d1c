import type { ReportData } from '@retort/report';

type AspectFit = NonNullable<NonNullable<ReportData['fit']>['quality']>;
type HeadResult = AspectFit['heads'][0];
type Metric = HeadResult['metrics']['srcc'];

const GENERATORS = ['AttnGAN', 'DALLE2', 'glide', 'midjourney', 'sd1.5', 'xl2.2'];
const IMAGES_PER_GENERATOR = 9;

/** A metric with an interval around it. */
export function metric(value: number, halfWidth = 0.08): Metric {
  return { value, low: value - halfWidth, high: value + halfWidth, reason: null };
}

/** A metric that couldn't be computed. */
export function noMetric(reason: string): Metric {
  return { value: null, low: null, high: null, reason };
}

/** A made-up fit whose scorer has this SRCC, kernel ridge a little more, the other heads and the floor a little less. */
export function buildAspectFit(srcc: number): AspectFit {
  return {
    heads: [
      { ...buildHead('scorer', 'Scorer', srcc), role: 'scorer', minus_reference: buildDifference(-0.023) },
      { ...buildHead('xlstm', 'xLSTM head', srcc - 0.031), minus_reference: buildDifference(-0.054) },
      { ...buildHead('kernel-ridge', 'Kernel ridge', srcc + 0.023), role: 'floor' },
      {
        ...buildHead('ridge', 'Ridge', srcc - 0.047),
        role: 'floor',
        minus_reference: buildDifference(-0.07),
      },
    ],
    reference: 'kernel-ridge',
    floor: {
      definition: 'Metadata only: the mean MOS of the generator setting over all other image prompts.',
      metrics: buildMetrics(srcc - 0.057),
      words: buildWords(0.531),
      commonest_word: buildWords(0.502),
      head_minus_floor: { srcc: metric(0.057, 0.03), p: 0.002 },
      all_rows: {
        n: 540,
        srcc: { value: srcc - 0.061, low: null, high: null, reason: null },
        plcc_raw: { value: srcc - 0.013, low: null, high: null, reason: null },
        accuracy: { value: 0.571, low: null, high: null, reason: null },
        rough_accuracy: { value: 0.977, low: null, high: null, reason: null },
      },
    },
    conformal: { half_width: 0.91, coverage: 0.9, n: 54, note: '90 % by image prompt, 54 residuals of val.' },
    history: Array.from({ length: 14 }, (_, index) => ({
      epoch: index + 1,
      train_loss: 0.2 + 1.6 * Math.exp(-index / 3),
      val_srcc: srcc + 0.04 - 0.004 * (index - 8) ** 2,
    })),
    best_epoch: 9,
    history_note: 'The curve is that of the first of 5 networks.',
    predictions: buildPredictions(srcc),
    notes: ['The scorer does not beat kernel ridge on the same features (difference -0.023 [-0.07, 0.02]).'],
  };
}

function buildMetrics(srcc: number): HeadResult['metrics'] {
  return {
    n: 54,
    srcc: metric(srcc),
    plcc_raw: metric(srcc + 0.051),
    plcc_logistic4: metric(srcc + 0.0621),
    plcc_logistic5: metric(srcc + 0.0632),
    krcc: metric(srcc - 0.19),
    rmse_raw: metric(1.2 - srcc, 0.05),
    rmse_logistic5: metric(1.18 - srcc, 0.05),
  };
}

/** Words of 54 rows, none of them excellent. */
export function buildWords(accuracy: number): NonNullable<HeadResult['words']> {
  return {
    n: 54,
    accuracy: metric(accuracy, 0.12),
    rough_accuracy: metric(0.963, 0.03),
    precision_weighted: { value: accuracy - 0.0123, low: null, high: null, reason: null },
    f1_weighted: { value: accuracy - 0.0234, low: null, high: null, reason: null },
    recall: ['bad', 'poor', 'fair', 'good', 'excellent'].map((word, index) => ({
      word,
      n: [3, 19, 21, 11, 0][index] ?? 0,
      recall:
        word === 'excellent'
          ? noMetric('no row is excellent')
          : { value: accuracy + index * 0.031, low: null, high: null, reason: null },
    })),
  };
}

/** As the fits of the first Retort came out: an xLSTM head, kernel ridge, nothing compared between them. */
export function buildOldAspectFit(srcc: number): AspectFit {
  const { history_note: _, ...fit } = buildAspectFit(srcc);
  return {
    ...fit,
    heads: [
      { ...buildHead('xlstm', 'xLSTM head', srcc), role: 'scorer' },
      { ...buildHead('kernel-ridge', 'Kernel ridge', srcc + 0.023), role: 'floor' },
    ],
    notes: [],
  };
}

function buildDifference(srcc: number): NonNullable<HeadResult['minus_reference']> {
  return {
    srcc: metric(srcc, 0.044),
    srcc_p: 0.321,
    plcc_raw: metric(srcc - 0.003, 0.042),
    plcc_raw_p: 0.287,
  };
}

function buildHead(name: string, title: string, srcc: number): HeadResult {
  return {
    name,
    title,
    role: 'head',
    metrics: buildMetrics(srcc),
    words: buildWords(srcc - 0.151),
    within_prompt: { srcc_mean: metric(srcc - 0.043), n_prompts: 5, prompts: 6, n_rows: 45, min_rows: 5 },
    per_generator: GENERATORS.map((generator, index) => ({
      generator,
      n: IMAGES_PER_GENERATOR,
      srcc: metric(srcc - 0.5 + index * 0.083, 0.31),
      plcc_raw: metric(srcc - 0.44 + index * 0.079, 0.29),
    })),
    within_generator: {
      srcc_mean: metric(srcc - 0.28),
      srcc_worst: { value: srcc - 0.61, low: null, high: null, reason: null },
      worst_generator_setting: 'AttnGAN_normal',
      n_settings: 10,
    },
  };
}

/** Predictions around the MOS, all of test but the first: val has no place in a chart of results. */
function buildPredictions(spread: number): AspectFit['predictions'] {
  return GENERATORS.flatMap((generator, generatorIndex) =>
    Array.from({ length: IMAGES_PER_GENERATOR }, (_, index) => {
      const mos = 0.4 + generatorIndex * 0.55 + index * 0.12;
      const predicted = mos * 0.8 + 0.4 + Math.sin(generatorIndex * 9 + index * 4) * spread * 0.6;
      return {
        sample_name: `${generator}_normal_${String(index).padStart(3, '0')}.jpg`,
        generator,
        generator_setting: `${generator}_normal`,
        split: generatorIndex === 0 && index === 0 ? ('val' as const) : ('test' as const),
        mos,
        predicted_mos: predicted,
        low: predicted - 0.7,
        high: predicted + 0.7,
      };
    }),
  );
}
