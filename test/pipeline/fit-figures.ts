import type { FitComparison, FitFigures } from '@retort/scorer';

/** Agreement of words as a fit writes it. Every number is made up. */
export const WORDS = {
  n: 12,
  accuracy: 0.5,
  rough_accuracy: 0.9,
  precision_weighted: 0.48,
  f1_weighted: 0.47,
  recall: { bad: null, poor: 0.25, fair: 0.5, good: 0.75, excellent: 1 },
  counts: { bad: 0, poor: 4, fair: 4, good: 2, excellent: 2 },
  reasons: { recall_bad: 'no row is bad' },
};

/** Figures as Python writes them. Every number is made up. */
export function figures(change: Partial<FitFigures> = {}): FitFigures {
  return {
    n: 12,
    srcc: 0.7,
    plcc_raw: 0.71,
    plcc_logistic4: 0.72,
    plcc_logistic5: null,
    krcc: 0.5,
    rmse_raw: 0.6,
    rmse_logistic5: null,
    reasons: {
      plcc_logistic5: 'the fitted curve is not finite',
      rmse_logistic5: 'the fitted curve is not finite',
    },
    intervals: { srcc: [0.6, 0.8], accuracy: [0.4, 0.6] },
    per_generator: [{ generator: 'a', n: 12, srcc: null, plcc_raw: 0.3 }],
    within_generator: {
      srcc_mean: 0.4,
      srcc_worst: -0.1,
      n_settings: 2,
      reason: null,
      srcc_mean_interval: [0.2, 0.5],
      worst_generator_setting: 'a_normal',
    },
    within_prompt: {
      srcc_mean: null,
      srcc_mean_interval: null,
      n_prompts: 0,
      prompts: 6,
      n_rows: 0,
      min_rows: 5,
      reason: 'no image prompt has 5 rows that vary',
    },
    words: WORDS,
    ...change,
  };
}

/** A comparison with kernel ridge as Python writes it: SRCC with interval and p, PLCC without. */
export function comparison(srcc: number): FitComparison {
  return {
    srcc_difference: srcc,
    interval: [Number((srcc - 0.02).toFixed(3)), Number((srcc + 0.02).toFixed(3))],
    p: 0.004,
    plcc_difference: 0.01,
    plcc_interval: null,
    plcc_p: null,
  };
}
