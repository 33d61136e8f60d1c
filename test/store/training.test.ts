import { sha256 } from '@retort/schema';
import type { TrainingResult } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, PLAN, RUN_ID } from './filled-home.ts';
import { openHome } from './open-home.ts';

const KEY = sha256('fit');

function filled() {
  const store = openHome(temporaryFolder());
  const home = fillHome(store, 2);
  store.corpora.save({ key: sha256('corpus'), manifest: {}, audit: {}, rows: [] });
  return { store, ...home };
}

function trainingResult(change: Partial<TrainingResult> = {}): TrainingResult {
  const place = { aspect: 'quality', head: 'xlstm', split: 'test' } as const;
  const figures = { mos: 2.5, predictedMos: 2.25, low: 2, high: null };
  return {
    key: KEY,
    corpusKey: sha256('corpus'),
    config: { seed: 0 },
    result: { aspects: {} },
    checkpointPath: '/training/scorer.safetensors',
    checkpointHash: sha256('checkpoint'),
    epochs: [
      { aspect: 'quality', epoch: 1, values: { train_loss: 0.5, val_srcc: null } },
      { aspect: 'quality', epoch: 2, values: { train_loss: 0.25, val_srcc: 0.5 } },
    ],
    metrics: [
      { ...place, name: 'krcc', value: null, low: null, high: null, n: 1 },
      { ...place, name: 'srcc', value: 0.75, low: 0.5, high: 0.9, n: 2 },
    ],
    predictions: [{ ...place, ...figures, sampleName: '00001.jpg' }],
    ...change,
  };
}

describe('training', () => {
  it('gives back every figure of a training run', () => {
    const { store, datasetId, sampleIds } = filled();
    const result = trainingResult();
    store.training.save(datasetId, result);
    const { epochs, metrics, predictions, ...run } = result;
    expect(store.training.get(KEY)).toEqual(run);
    expect(store.training.keys()).toEqual([KEY]);
    expect(store.training.epochs(KEY)).toEqual(epochs);
    expect(store.training.metrics(KEY)).toEqual(metrics);
    expect(store.training.predictions(KEY)).toEqual([
      {
        ...predictions[0],
        sampleId: sampleIds[1],
        generator: 'glide',
        generatorSetting: 'glide_normal',
        imagePrompt: 'prompt 1',
        imagePath: '/data/1.jpg',
      },
    ]);
    expect(store.training.predictionsOfSample(sampleIds[1] ?? 0)).toEqual([
      { ...predictions[0], trainingRunKey: KEY },
    ]);
  });

  it('keeps the first result of a key', () => {
    const { store, datasetId } = filled();
    store.training.save(datasetId, trainingResult());
    store.training.save(datasetId, trainingResult({ config: { seed: 1 }, metrics: [] }));
    expect(store.training.get(KEY)?.config).toEqual({ seed: 0 });
    expect(store.training.metrics(KEY)).toHaveLength(2);
  });

  it('stores nothing of a run with a prediction for a sample that is not there', () => {
    const { store, datasetId } = filled();
    const [prediction] = trainingResult().predictions;
    if (prediction === undefined) throw new Error('unreachable: the builder makes one');
    const predictions = [prediction, { ...prediction, sampleName: 'nobody.jpg' }];
    expect(() => store.training.save(datasetId, trainingResult({ predictions }))).toThrow(/nobody\.jpg/);
    expect(store.training.get(KEY)).toBeNull();
  });
});

describe('runs', () => {
  it('goes on with a run that is started again, and counts its starts', () => {
    const { store } = filled();
    store.runs.setStatus(RUN_ID, 'failed', 'no disk', '2026-02-01T00:00:00.000Z');
    expect(store.runs.get(RUN_ID)).toMatchObject({ status: 'failed', statusReason: 'no disk', starts: 1 });
    store.runs.start(RUN_ID, PLAN, '2026-03-01T00:00:00.000Z');
    store.runs.setCodeCommit(RUN_ID, 'abc+');
    expect(store.runs.get(RUN_ID)).toEqual({
      id: RUN_ID,
      plan: PLAN,
      status: 'running',
      statusReason: null,
      codeCommit: 'abc+',
      startedAt: '2026-01-02T03:04:05.000Z',
      updatedAt: '2026-03-01T00:00:00.000Z',
      starts: 2,
    });
  });

  it('knows the run that was touched last', () => {
    const { store } = filled();
    expect(store.runs.get('nobody')).toBeNull();
    store.runs.start('another', { ...PLAN, seed: 1 }, '2026-04-01T00:00:00.000Z');
    expect(store.runs.latest()?.id).toBe('another');
    expect(store.runs.list(5).map(({ id }) => id)).toEqual(['another', RUN_ID]);
  });

  it('remembers what a stage made of its input, the latest where it was done twice', () => {
    const { store } = filled();
    expect(store.runs.stageResult('audit', 'k')).toBeNull();
    store.runs.saveStageResult('audit', 'k', { corpusKey: 'a' });
    store.runs.saveStageResult('audit', 'k', { corpusKey: 'b' });
    expect(store.runs.stageResult('audit', 'k')).toEqual({ corpusKey: 'b' });
    expect(store.runs.stageResult('export', 'k')).toBeNull();
  });
});
