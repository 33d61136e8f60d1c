import { type AspectMetrics, type FitFigures, fitMetricsSchema } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { calibrationFacts, floorFacts, headFacts } from '../../packages/pipeline/src/head-facts.ts';

const WORDS = {
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
function figures(change: Partial<FitFigures> = {}): FitFigures {
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

describe('headFacts', () => {
  it('has every figure with its bounds, or the reason why there is none', () => {
    const facts = headFacts('xlstm', figures());
    expect(facts.metrics.srcc).toEqual({ value: 0.7, low: 0.6, high: 0.8, reason: null });
    expect(facts.metrics.plcc_logistic5.reason).toBe('the fitted curve is not finite');
    expect(facts.words?.accuracy).toEqual({ value: 0.5, low: 0.4, high: 0.6, reason: null });
    expect(facts.words?.recall.slice(0, 2)).toEqual([
      { word: 'bad', n: 0, recall: { value: null, low: null, high: null, reason: 'no row is bad' } },
      { word: 'poor', n: 4, recall: { value: 0.25, low: null, high: null, reason: null } },
    ]);
    expect(facts.within_generator).toMatchObject({
      srcc_mean: { value: 0.4, low: 0.2, high: 0.5 },
      worst_generator_setting: 'a_normal',
    });
    expect(facts.within_prompt).toMatchObject({
      srcc_mean: { value: null, reason: 'no image prompt has 5 rows that vary' },
      n_prompts: 0,
      prompts: 6,
    });
  });

  it('leaves out what a fit from before did not measure', () => {
    const { within_prompt: _, ...before } = figures({ words: { accuracy: 0.5, rough_accuracy: 0.9 } });
    const facts = headFacts('xlstm', {
      ...before,
      within_generator: { srcc_mean: 0.4, srcc_worst: 0.1, n_settings: 2, reason: null },
    });
    expect(facts).not.toHaveProperty('words');
    expect(facts).not.toHaveProperty('within_prompt');
    expect(facts.within_generator?.worst_generator_setting).toBeNull();
  });
});

describe('floorFacts', () => {
  it('gives every figure the reason why there is no floor', () => {
    const reason = 'all images are of one generator setting';
    const nothing = figures({ srcc: null, reasons: { srcc: '0 rows' }, words: { ...WORDS, accuracy: null } });
    const facts = floorFacts({ ...nothing, definition: 'a definition', reason }, 'xlstm');
    expect(facts.metrics.srcc.reason).toBe(reason);
    expect(facts.words?.accuracy.reason).toBe(reason);
  });

  it('has the figures on all rated rows beside those on test', () => {
    const all_rows = { n: 60, srcc: 0.65, plcc_raw: 0.7, accuracy: 0.5, rough_accuracy: 0.9 };
    const floor = { ...figures(), definition: 'a definition', commonest_word: WORDS, all_rows };
    const difference = { srcc_difference: 0.1, interval: [0.02, 0.2] as [number, number], p: 0.01 };
    const facts = floorFacts({ ...floor, head_minus_floor: { xlstm: difference } }, 'xlstm');
    expect(facts.head_minus_floor).toEqual({
      srcc: { value: 0.1, low: 0.02, high: 0.2, reason: null },
      p: 0.01,
    });
    expect(floorFacts(floor, 'xlstm')).not.toHaveProperty('head_minus_floor');
    expect(facts.all_rows).toMatchObject({ n: 60, srcc: { value: 0.65 } });
    expect(facts.commonest_word?.f1_weighted.value).toBe(0.47);
  });
});

describe('calibrationFacts', () => {
  const found = (change: object): AspectMetrics => {
    const aspect = { heads: {}, floor: { ...figures(), definition: '' }, notes: [], ...change };
    const parsed = fitMetricsSchema.parse({ aspects: { quality: aspect } }).aspects.quality;
    if (parsed === undefined) throw new Error('the schema keeps the aspect');
    return parsed;
  };

  it('has the note of the head that the scorer is, and the seeds of every head', () => {
    const conformal = { half_width: null, coverage: 0.9, n: 5, prompts: 1, by: 'row', note: 'too few' };
    const srcc = { median: 0.7, sd: 0.01, n: 5, reason: null };
    const facts = calibrationFacts(
      found({ conformal: { xlstm: conformal }, seeds: { xlstm: { srcc } } }),
      'xlstm',
    );
    expect(facts).toEqual({
      conformal: { half_width: null, coverage: 0.9, n: 5, note: 'too few' },
      seeds: [{ head: 'xlstm', figures: [{ figure: 'srcc', ...srcc }] }],
    });
  });

  it('is empty where a fit has neither', () => {
    expect(calibrationFacts(found({}), 'xlstm')).toEqual({});
  });
});
