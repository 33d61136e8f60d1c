import { type AspectMetrics, fitMetricsSchema } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { calibrationFacts, floorFacts, headFacts, headList } from '../../packages/pipeline/src/head-facts.ts';
import { comparison, figures, WORDS } from './fit-figures.ts';

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

describe('headList', () => {
  const aspect = {
    heads: {
      'mamba2-legacy': figures(),
      'kernel-ridge': figures({ srcc: 0.68 }),
      scorer: figures({ srcc: 0.75 }),
    },
    comparisons: { scorer: comparison(0.07) },
    floor: { ...figures(), definition: '' },
    notes: [],
  };

  it('has the scorer first and the others in the order of the fit, each with its title and role', () => {
    const heads = headList(aspect, 'scorer');
    expect(heads?.map(({ name, title, role, metrics }) => [name, title, role, metrics.srcc.value])).toEqual([
      ['scorer', 'Scorer', 'scorer', 0.75],
      ['mamba2-legacy', 'Mamba-2 head, legacy', 'head', 0.7],
      ['kernel-ridge', 'Kernel ridge', 'floor', 0.68],
    ]);
  });

  it('has the paired difference where the fit has one', () => {
    const [scorer, legacy] = headList(aspect, 'scorer') ?? [];
    expect(scorer?.minus_reference).toEqual({
      srcc: { value: 0.07, low: 0.05, high: 0.09, reason: null },
      srcc_p: 0.004,
      plcc_raw: { value: 0.01, low: null, high: null, reason: null },
      plcc_raw_p: null,
    });
    expect(legacy).not.toHaveProperty('minus_reference');
  });

  it('is null where the scorer was not fitted', () => {
    expect(headList(aspect, 'xlstm')).toBeNull();
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
