import type { Aspect, Split } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import { tellDiskFull } from './errors.ts';

export interface MetricRow {
  readonly aspect: Aspect;
  readonly head: string;
  readonly split: Split;
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

export interface PredictionRow {
  readonly sampleName: string;
  readonly aspect: Aspect;
  readonly head: string;
  readonly split: Split;
  readonly mos: number;
  readonly predictedMos: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface EpochRow {
  readonly aspect: Aspect;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface TrainingRun {
  readonly key: string;
  readonly corpusKey: string;
  readonly config: unknown;
  /** The scorer's whole metrics file, as it wrote it. */
  readonly result: unknown;
  readonly checkpointPath: string;
  readonly checkpointHash: string;
}

export interface TrainingResult extends TrainingRun {
  readonly epochs: readonly EpochRow[];
  readonly metrics: readonly MetricRow[];
  readonly predictions: readonly PredictionRow[];
}

export interface StoredPrediction extends PredictionRow {
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  readonly imagePrompt: string | null;
  readonly imagePath: string;
  readonly sampleId: number;
}

export interface TrainingTable {
  /** Stores a training run with all its figures in one transaction; a known key changes nothing. */
  save(datasetId: number, result: TrainingResult): void;
  get(key: string): TrainingRun | null;
  /** Of every training run of the home, the oldest first. */
  keys(): string[];
  epochs(key: string): EpochRow[];
  metrics(key: string): MetricRow[];
  predictions(key: string): StoredPrediction[];
  predictionsOfSample(sampleId: number): (PredictionRow & { readonly trainingRunKey: string })[];
}

interface EpochRecord {
  aspect: Aspect;
  epoch: number;
  values_json: string;
}

interface TrainingRecord {
  key: string;
  corpus_key: string;
  config: string;
  result: string;
  checkpoint_path: string;
  checkpoint_hash: string;
}

const PREDICTION = `p.aspect, p.head, p.split, p.mos_five AS mos, p.predicted_mos AS predictedMos, p.low, p.high,
  s.name AS sampleName`;

export function createTrainingTable(db: Database): TrainingTable {
  const insert = db.prepare(
    `INSERT INTO training_runs (key, corpus_key, config, result, checkpoint_path, checkpoint_hash)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
  );
  const insertEpoch = db.prepare(
    'INSERT INTO training_epochs (training_run_key, aspect, epoch, values_json) VALUES (?, ?, ?, ?)',
  );
  const insertMetric = db.prepare(
    `INSERT INTO metrics (training_run_key, aspect, head, split, name, value, low, high, n)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertPrediction = db.prepare(
    `INSERT INTO predictions (training_run_key, sample_id, aspect, head, split, mos_five, predicted_mos, low, high)
     SELECT ?, s.id, ?, ?, ?, ?, ?, ?, ? FROM samples s WHERE s.dataset_id = ? AND s.name = ?`,
  );
  const get = db.prepare<[string], TrainingRecord>('SELECT * FROM training_runs WHERE key = ?');
  const keys = db.prepare<[], { key: string }>('SELECT key FROM training_runs ORDER BY rowid');
  const epochs = db.prepare<[string], EpochRecord>(
    `SELECT aspect, epoch, values_json FROM training_epochs WHERE training_run_key = ? ORDER BY aspect, epoch`,
  );
  const metrics = db.prepare<[string], MetricRow>(
    `SELECT aspect, head, split, name, value, low, high, n FROM metrics WHERE training_run_key = ?
     ORDER BY aspect, head, split, name`,
  );
  const predictions = db.prepare<[string], StoredPrediction>(
    `SELECT ${PREDICTION}, s.id AS sampleId, s.generator, s.generator_setting AS generatorSetting,
       s.image_prompt AS imagePrompt, s.image_path AS imagePath
     FROM predictions p JOIN samples s ON s.id = p.sample_id WHERE p.training_run_key = ?
     ORDER BY p.aspect, p.head, s.name`,
  );
  const ofSample = db.prepare<[number], PredictionRow & { trainingRunKey: string }>(
    `SELECT ${PREDICTION}, p.training_run_key AS trainingRunKey
     FROM predictions p JOIN samples s ON s.id = p.sample_id WHERE p.sample_id = ? ORDER BY p.aspect, p.head`,
  );
  const save = db.transaction((datasetId: number, run: TrainingResult) => {
    const { key, corpusKey, checkpointPath, checkpointHash } = run;
    const config = JSON.stringify(run.config);
    const result = JSON.stringify(run.result);
    if (insert.run(key, corpusKey, config, result, checkpointPath, checkpointHash).changes === 0) return;
    for (const { aspect, epoch, values } of run.epochs) {
      insertEpoch.run(key, aspect, epoch, JSON.stringify(values));
    }
    for (const { aspect, head, split, name, value, low, high, n } of run.metrics) {
      insertMetric.run(key, aspect, head, split, name, value, low, high, n);
    }
    for (const { aspect, head, split, mos, predictedMos, low, high, sampleName } of run.predictions) {
      const figures = [mos, predictedMos, low, high];
      const { changes } = insertPrediction.run(key, aspect, head, split, ...figures, datasetId, sampleName);
      if (changes === 0) throw new TypeError(`no sample ${sampleName} in dataset ${datasetId}`);
    }
  });
  return {
    save: (datasetId, run) => tellDiskFull(db.name, () => save(datasetId, run)),
    get(key) {
      const row = get.get(key);
      if (row === undefined) return null;
      return {
        key,
        corpusKey: row.corpus_key,
        config: JSON.parse(row.config),
        result: JSON.parse(row.result),
        checkpointPath: row.checkpoint_path,
        checkpointHash: row.checkpoint_hash,
      };
    },
    keys: () => keys.all().map(({ key }) => key),
    epochs: (key) =>
      epochs.all(key).map(({ aspect, epoch, values_json: values }) => ({
        aspect,
        epoch,
        values: JSON.parse(values) as EpochRow['values'], // written by save() above, and nowhere else
      })),
    metrics: (key) => metrics.all(key),
    predictions: (key) => predictions.all(key),
    predictionsOfSample: (sampleId) => ofSample.all(sampleId),
  };
}
