import { readFileSync, writeFileSync } from 'node:fs';
import {
  buildRunCorpus,
  corpusInputKey,
  exportRunCorpus,
  type PipelineDeps,
  readReport,
  reportFiles,
  scorerInputs,
  writeRunReport,
} from '@retort/pipeline';
import { sha256 } from '@retort/schema';
import { fitMetricsSchema } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { historyNote } from '../../packages/pipeline/src/fit-protocol.ts';
import { comparison, figures } from './fit-figures.ts';
import { type BedRun, openBed, runToAnswers, samplePlan } from './pipeline-bed.ts';

const FLOOR = { ...figures({ srcc: 0.5 }), definition: 'metadata only' };

/** What a fit of several heads writes, in its order; members that the report doesn't read are there too. */
const METRICS = {
  scorer: 'scorer',
  config: {
    heads: ['xlstm', 'ridge', 'kernel-ridge'],
    members: ['xlstm', 'kernel-ridge'],
    num_seeds: 3,
    pooling: 'mean',
    description_weight: 0.3,
  },
  aspects: {
    quality: {
      heads: {
        xlstm: figures(),
        ridge: figures({ srcc: 0.6 }),
        'kernel-ridge': figures({ srcc: 0.72 }),
        scorer: figures({ srcc: 0.75 }),
      },
      comparisons: { scorer: comparison(0.03), xlstm: comparison(-0.02) },
      chosen: { 'kernel-ridge': { gamma: 0.7, alpha: 0.1 } },
      conformal: { scorer: { half_width: 0.8, coverage: 0.9, n: 20, prompts: 12, note: 'by image prompt' } },
      floor: { ...FLOOR, head_minus_floor: { scorer: { srcc_difference: 0.25, interval: null, p: null } } },
      notes: ['a note'],
      best_epoch: 1,
    },
  },
  skipped: {},
};

/** What the first fits wrote: two heads, no name of a scorer, a config of another shape. */
const OLD_METRICS = {
  config: { epochs: 20 },
  aspects: {
    quality: {
      heads: { xlstm: figures(), 'kernel-ridge': figures({ srcc: 0.72 }) },
      floor: FLOOR,
      notes: [],
      best_epoch: null,
    },
  },
};

/** A run whose fit wrote `result`; each head in `heads` predicts the first sample, each another MOS. */
async function fitted(deps: PipelineDeps, result: unknown, heads: readonly string[]): Promise<BedRun> {
  const run = await runToAnswers(deps, samplePlan(6));
  const corpusKey = await buildRunCorpus(deps, run);
  deps.store.runs.saveStageResult('audit', await corpusInputKey(deps, run.id, run.plan), { corpusKey });
  await exportRunCorpus(deps, corpusKey);
  const { fitKey, rows } = await scorerInputs(deps, { ...run, corpusKey });
  deps.store.training.save(run.dataset.id, {
    key: fitKey,
    corpusKey,
    config: {},
    result,
    checkpointPath: 'scorer.safetensors',
    checkpointHash: sha256(''),
    epochs: [{ aspect: 'quality', epoch: 1, values: { train_loss: 1, val_srcc: 0.5 } }],
    metrics: [],
    predictions: heads.map((head, index) => ({
      sampleName: rows[0]?.sampleName ?? '',
      aspect: 'quality',
      head,
      split: 'test',
      mos: 3,
      predictedMos: index,
      low: null,
      high: null,
    })),
  });
  return run;
}

describe('writeRunReport: heads', () => {
  it('tells of every head that was fitted, and shows the scorer’s predictions', async () => {
    const deps = openBed();
    const run = await fitted(deps, METRICS, ['xlstm', 'kernel-ridge', 'scorer']);
    const { html } = await writeRunReport(deps, run);
    const report = await readReport(deps, run.id);
    expect(report?.fit?.quality?.heads.map(({ name, role }) => [name, role])).toEqual([
      ['scorer', 'scorer'],
      ['xlstm', 'head'],
      ['ridge', 'floor'],
      ['kernel-ridge', 'floor'],
    ]);
    expect(report?.fit?.quality).toMatchObject({
      reference: 'kernel-ridge',
      conformal: { half_width: 0.8 },
      floor: { head_minus_floor: { srcc: { value: 0.25 } } },
      history_note:
        'The curve is that of the first of 3 networks; it kept the epoch with the best mean of SRCC and PLCC on val.',
    });
    expect(report?.fit?.quality?.predictions.map(({ predicted_mos }) => predicted_mos)).toEqual([2]);
    expect(report?.gallery.map(({ predicted_mos }) => predicted_mos)).toEqual([2]);
    expect(report?.fit_protocol?.description_weight).toBe(0.3);
    expect(report?.fit_protocol?.heads).toEqual([
      { title: 'Scorer', phrase: 'average of 3 xLSTM networks and kernel ridge.' },
      {
        title: 'xLSTM head',
        phrase:
          'mLSTM and sLSTM blocks, the paper’s head, mean pooling, two linear layers; average of 3 networks.',
      },
      { title: 'Ridge', phrase: 'linear ridge regression on the same features.' },
      {
        title: 'Kernel ridge',
        phrase:
          'kernel ridge regression on the same features; folds of train prompts chose: quality gamma 0.7, alpha 0.1.',
      },
    ]);
    expect(readFileSync(html, 'utf8')).toContain('SRCC minus kernel ridge’s, paired');
  });

  it('tells of a fit from before the scorer had a name: its xLSTM head predicts', async () => {
    const deps = openBed();
    const run = await fitted(deps, OLD_METRICS, ['kernel-ridge', 'xlstm']);
    await writeRunReport(deps, run);
    const report = await readReport(deps, run.id);
    expect(report?.fit?.quality?.heads.map(({ title, role }) => [title, role])).toEqual([
      ['xLSTM head', 'scorer'],
      ['Kernel ridge', 'floor'],
    ]);
    expect(report?.fit?.quality?.predictions.map(({ predicted_mos }) => predicted_mos)).toEqual([1]);
    expect(report?.fit?.quality).not.toHaveProperty('history_note');
    expect(report?.fit_protocol).not.toHaveProperty('description_weight');
  });
});

describe('historyNote', () => {
  const metricsOf = (heads: readonly string[], num_seeds: number) => {
    const { quality } = METRICS.aspects;
    const fitted = Object.fromEntries(heads.map((head) => [head, figures()]));
    const config = { ...METRICS.config, num_seeds };
    return fitMetricsSchema.parse({
      ...METRICS,
      config,
      aspects: { quality: { ...quality, heads: fitted } },
    });
  };

  it('counts the networks of every mixer, and none for floors', () => {
    const twoMixers = metricsOf(['xlstm', 'gru-legacy', 'ridge', 'scorer'], 4);
    expect(historyNote(twoMixers, 'quality').history_note).toContain('the first of 8 networks;');
    expect(historyNote(metricsOf(['xlstm', 'scorer'], 1), 'quality').history_note).toContain(
      'the one network;',
    );
    expect(historyNote(metricsOf(['ridge', 'scorer'], 4), 'quality')).toEqual({});
  });

  it('says that test chose the epoch of a legacy fit', () => {
    const ours = metricsOf(['xlstm', 'scorer'], 1);
    const legacy = fitMetricsSchema.parse({ ...ours, refit: 'all', protocol_note: 'legacy: val = test' });
    expect(legacy.refit).toBe('all');
    expect(historyNote(ours, 'quality').history_note).toMatch(/ on val\.$/);
    expect(historyNote(legacy, 'quality').history_note).toContain('on the test rows');
  });
});

describe('readReport', () => {
  it('takes a report of an older shape for none', async () => {
    const deps = openBed();
    const run = await fitted(deps, OLD_METRICS, ['xlstm']);
    await writeRunReport(deps, run);
    const { json } = reportFiles(deps, run.id);
    const written = JSON.parse(readFileSync(json, 'utf8'));
    writeFileSync(
      json,
      JSON.stringify({ ...written, version: 1, fit: { quality: { heads: { xlstm: {} } } } }),
    );
    expect(await readReport(deps, run.id)).toBeNull();
  });
});
