import { join, resolve } from 'node:path';
import { ASPECTS, canonicalJson, sha256, shortHex } from '@retort/schema';
import { z } from 'zod';
import type { ProgressListener, ScorerDeps, ScorerRun } from './run-scorer.ts';
import { writeImageList, writeRowList } from './scorer-rows.ts';

export interface FinetuneOptions {
  /** How many, counted from the last. */
  readonly stages: 1 | 2;
  /** Null: what suits the stages, like the learning rate. */
  readonly epochs: number | null;
  readonly learningRate: number | null;
  /** Images encoded at a time. */
  readonly threads: number;
  /** The file of tuned stages; null: one in the home. */
  readonly out: string | null;
}

const agreementSchema = z.object({ srcc: z.number().nullable(), plcc: z.number().nullable() });

/** Keys are the Python side's, snake_case. */
const resultSchema = z.object({
  out: z.string(),
  reused: z.boolean(),
  encoder_revision: z.string(),
  stages: z.number(),
  epochs: z.number(),
  learning_rate: z.number(),
  rows: z.object({ train: z.number(), val: z.number() }),
  best_epoch: z.number(),
  /** Figures on val by epoch; 0 is before tuning. */
  history: z.array(
    z.object({ epoch: z.number(), aspects: z.partialRecord(z.enum(ASPECTS), agreementSchema) }),
  ),
});
export type FinetuneResult = z.infer<typeof resultSchema>;

/** Tunes the last stages of the embedded encoder on a run's train rows; the same again goes on, or is answered from its file. */
export async function finetuneRun(
  deps: ScorerDeps,
  run: ScorerRun,
  options: FinetuneOptions,
  onProgress: ProgressListener,
): Promise<FinetuneResult> {
  const { inputs } = run;
  const { stages, epochs, learningRate, threads } = options;
  const folder = join(deps.home.dir, 'finetuning');
  const name = shortHex(sha256(canonicalJson({ fitKey: inputs.fitKey, stages, epochs, learningRate })));
  const command = {
    command: 'finetune',
    feature_store: deps.home.features,
    rows: await writeRowList(deps, run.id, inputs.rows),
    images: await writeImageList(deps, run.id, inputs.rows),
    aspects: inputs.aspects,
    stages,
    epochs,
    learning_rate: learningRate,
    threads,
    work: join(folder, 'work'),
    out: options.out === null ? join(folder, name, 'tuned-stages.safetensors') : resolve(options.out),
  } as const;
  const result = await deps.scorer.run(command, (event) => {
    if (event.event === 'progress') onProgress({ ...event, note: event.note ?? null });
  });
  return resultSchema.parse(result);
}
