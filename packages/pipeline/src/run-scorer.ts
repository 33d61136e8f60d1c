import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobProgress, RetortError, type RunPlan, sha256, shortHex } from '@retort/schema';
import {
  FIGURE_NAMES,
  FIT_FILES,
  type FitFigures,
  type FitMetrics,
  fitEpochSchema,
  fitMetricsSchema,
  fitPredictionSchema,
  type Scorer,
  type ScorerEvent,
} from '@retort/scorer';
import type { DatasetRow, EpochRow, MetricRow, PredictionRow } from '@retort/store';
import { z } from 'zod';
import { loadCorpus } from './load-corpus.ts';
import { markMetrics, runLeakage } from './mark-metrics.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import type { ScorerInputs } from './scorer-inputs.ts';
import { writeImageList, writeRowList } from './scorer-rows.ts';

export type ProgressListener = (progress: JobProgress) => void;

export interface ScorerDeps extends PipelineDeps {
  readonly scorer: Scorer;
}

export interface ScorerRun {
  readonly id: string;
  readonly plan: RunPlan;
  readonly dataset: DatasetRow;
  readonly corpusKey: string;
  readonly inputs: ScorerInputs;
}

export class EncodeFailedError extends RetortError {
  readonly code = 'image-unreadable';
  constructor(failed: readonly { path: string; reason: string }[]) {
    const first = failed.slice(0, 3).map(({ path, reason }) => `${path}: ${reason}`);
    super(
      `${failed.length} images can't be encoded: ${first.join(' | ')} Restore them and run the same command again.`,
    );
  }
}

/** Threads of the encoder: what the embedded encoder was measured with. */
const ENCODE_THREADS = 2;
const encodeResultSchema = z.object({
  encoded: z.number(),
  reused: z.number(),
  failed: z.array(z.object({ path: z.string(), reason: z.string() })),
});

/** Computes the features of a run's images; those that are stored are not computed again. */
export async function encodeRun(
  deps: ScorerDeps,
  run: ScorerRun,
  onProgress: ProgressListener,
): Promise<void> {
  const images = await writeImageList(deps, run.id, run.inputs.rows);
  const feature_store = deps.home.features;
  const command = {
    command: 'encode',
    feature_store,
    images,
    encoder: run.inputs.encoder,
    threads: ENCODE_THREADS,
  } as const;
  const result = encodeResultSchema.parse(
    await deps.scorer.run(command, (event) => forward(event, onProgress)),
  );
  if (result.failed.length > 0) throw new EncodeFailedError(result.failed);
  deps.store.runs.saveStageResult('encode', run.inputs.encodeKey, {
    encoded: result.encoded,
    reused: result.reused,
  });
}

/** Folder of a training run. */
export function trainingFolder(deps: PipelineDeps, fitKey: string): string {
  return join(deps.home.training, shortHex(fitKey));
}

/** Fits the scorer, or goes on where a killed fit was, and stores every figure of it. */
export async function fitRun(deps: ScorerDeps, run: ScorerRun, onProgress: ProgressListener): Promise<void> {
  const { inputs } = run;
  const rows = await writeRowList(deps, run.id, inputs.rows);
  const out = trainingFolder(deps, inputs.fitKey);
  const command = {
    command: 'fit',
    feature_store: deps.home.features,
    rows,
    aspects: inputs.aspects,
    encoder: inputs.encoder,
    out,
    config: inputs.config,
    ...(inputs.refit === undefined ? {} : { refit: inputs.refit }),
    ...(inputs.protocol === undefined ? {} : { protocol: inputs.protocol }),
  } as const;
  await deps.scorer.run(command, (event) => forward(event, onProgress));
  await markMetrics(
    join(out, FIT_FILES.metrics),
    runLeakage(loadCorpus(deps, run.corpusKey).manifest, run.plan),
  );
  const written: unknown = JSON.parse(await readFile(join(out, FIT_FILES.metrics), 'utf8'));
  const checkpointPath = join(out, FIT_FILES.checkpoint);
  deps.store.training.save(run.dataset.id, {
    key: inputs.fitKey,
    corpusKey: run.corpusKey,
    config: inputs.config,
    result: written,
    checkpointPath,
    checkpointHash: sha256(await readFile(checkpointPath)),
    epochs: (await readLines(join(out, FIT_FILES.history))).map(toEpoch),
    metrics: toMetrics(fitMetricsSchema.parse(written)),
    predictions: (await readLines(join(out, FIT_FILES.predictions))).map(toPrediction),
  });
}

function forward(event: ScorerEvent, onProgress: ProgressListener): void {
  if (event.event !== 'progress') return;
  onProgress({ done: event.done, total: event.total, unit: event.unit, note: event.note ?? null });
}

async function readLines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

function toEpoch(line: unknown): EpochRow {
  const { aspect, epoch, ...rest } = fitEpochSchema.parse(line);
  const values = Object.entries(rest).filter(
    (entry): entry is [string, number | null] => entry[1] === null || typeof entry[1] === 'number',
  );
  return { aspect, epoch, values: Object.fromEntries(values) };
}

function toPrediction(line: unknown): PredictionRow {
  const { sample_name: sampleName, predicted_mos: predictedMos, ...rest } = fitPredictionSchema.parse(line);
  return { sampleName, predictedMos, ...rest };
}

function toMetrics({ aspects }: FitMetrics): MetricRow[] {
  // Object.entries loses the keys' type; they are the schema's aspects.
  return Object.entries(aspects).flatMap(([name, { heads, floor }]) => {
    const aspect = name as keyof typeof aspects;
    return Object.entries({ ...heads, floor }).flatMap(([head, figures]) =>
      FIGURE_NAMES.map((figure) => toMetric({ aspect, head, split: 'test' }, figures, figure)),
    );
  });
}

function toMetric(
  place: Pick<MetricRow, 'aspect' | 'head' | 'split'>,
  figures: FitFigures,
  name: (typeof FIGURE_NAMES)[number],
): MetricRow {
  const [low, high] = figures.intervals[name] ?? [null, null];
  return { ...place, name, value: figures[name], low, high, n: figures.n };
}
