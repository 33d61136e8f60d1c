import { join, resolve } from 'node:path';
import { ASPECTS, canonicalJson, sha256, shortHex } from '@retort/schema';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';
import { encodeRun, type ProgressListener, type ScorerDeps, type ScorerRun } from './run-scorer.ts';
import { writeRowList } from './scorer-rows.ts';

export interface TuneOptions {
  readonly profile: string;
  /** A list of settings or a grid as the user wrote it; null draws them. */
  readonly settings: unknown;
  readonly trials: number;
  readonly folds: number;
  readonly seed: number;
  /** Settings tried side by side, a thread each. */
  readonly threads: number;
  /** Folder of what was tried. */
  readonly out: string;
}

const agreementSchema = z.object({ srcc: z.number().nullable(), plcc: z.number().nullable() });

/** A line of tried.jsonl; keys are the Python side's, snake_case. */
export const triedSettingSchema = z.object({
  number: z.number(),
  /** Members of the config that aren't its defaults. */
  changes: z.record(z.string(), z.unknown()),
  score: z.number().nullable(),
  aspects: z.partialRecord(
    z.enum(ASPECTS),
    z.object({ n: z.number(), heads: z.record(z.string(), agreementSchema) }),
  ),
  seconds: z.number(),
});
export type TriedSetting = z.infer<typeof triedSettingSchema>;

const resultSchema = z.object({
  tried: z.number(),
  reused: z.number(),
  best: triedSettingSchema,
  best_config: z.string(),
  tried_file: z.string(),
});
export type TuneResult = z.infer<typeof resultSchema>;

/** Where a run's settings are kept unless a folder is named: settings of other rows, code or folds have one of their own. */
export function tuningFolder(deps: PipelineDeps, run: ScorerRun, folds: number, seed: number): string {
  const { fitKey } = run.inputs;
  return join(deps.home.dir, 'tuning', shortHex(sha256(canonicalJson({ fitKey, folds, seed }))));
}

/** Tries settings of the fit on a run's train rows; what an earlier call has tried is not tried again. */
export async function tuneRun(
  deps: ScorerDeps,
  run: ScorerRun,
  options: TuneOptions,
  onProgress: ProgressListener,
): Promise<TuneResult> {
  const { profile, settings, trials, seed } = options;
  // First: a wrong setting is told before half an hour of encoding.
  await deps.scorer.run({ command: 'check-settings', profile, settings, trials, seed }, () => undefined);
  await encodeRun(deps, run, onProgress);
  const { inputs } = run;
  const rows = await writeRowList(deps, run.id, inputs.rows);
  const { out, ...more } = options;
  const command = {
    command: 'tune',
    feature_store: deps.home.features,
    rows,
    aspects: inputs.aspects,
    ...more,
    out: resolve(out),
  } as const;
  const result = await deps.scorer.run(command, (event) => {
    if (event.event === 'progress') onProgress({ ...event, note: event.note ?? null });
  });
  return resultSchema.parse(result);
}
