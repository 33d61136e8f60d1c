import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf, type RunPlan } from '@retort/schema';
import type { Recorder } from '@retort/store';
import {
  type BatchTeacher,
  isBatchTeacher,
  loadPrompts,
  type PriceQuote,
  type PromptLibrary,
} from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';
import { planPrice } from './plan-price.ts';
import { createPlanTeacher } from './teachers.ts';

/** What every step of a batch works with. */
export interface BatchDeps extends Pick<PipelineDeps, 'store' | 'blobs' | 'now'> {
  readonly teacher: BatchTeacher;
  readonly prompts: PromptLibrary;
  /** Of a model, at today's price of batches; null when it isn't known. */
  readonly priceOf: (model: string) => PriceQuote | null;
  readonly recorder: Pick<Recorder, 'record'>;
  /** Folder for a batch's lines on their way. */
  readonly temporaryDir: string;
  readonly random: () => number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Makes the teacher of a plan that is asked in batches. @throws what the teacher itself throws */
export async function createPlanBatchTeacher(plan: RunPlan, env: Env): Promise<BatchTeacher> {
  const teacher = await createPlanTeacher(plan, env);
  if (!isBatchTeacher(teacher)) throw new TypeError(`${teacher.name} isn't asked in batches`);
  return teacher;
}

/** Removes lines that a kill left behind: an upload begins with writing them anew. */
async function sweepLines(store: PipelineDeps['store'], folder: string): Promise<void> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (errorCodeOf(error) === 'ENOENT') return []; // nothing was ever uploaded
    throw error;
  });
  for (const file of files) {
    if (store.batches.get(Number.parseInt(file, 10))?.state !== 'planned') await rm(join(folder, file));
  }
}

/** Everything that batches of a plan need in a worker process. */
export async function createBatchDeps(
  deps: PipelineDeps,
  recorder: Pick<Recorder, 'record'>,
  plan: RunPlan,
  env: Env,
  random: () => number,
): Promise<BatchDeps> {
  const temporaryDir = join(deps.home.dir, 'batches');
  await sweepLines(deps.store, temporaryDir);
  return {
    store: deps.store,
    blobs: deps.blobs,
    now: deps.now,
    teacher: await createPlanBatchTeacher(plan, env),
    prompts: await loadPrompts(deps.promptsDir),
    priceOf: (model) => planPrice(deps, { teacher: plan.teacher, model }),
    recorder,
    temporaryDir,
    random,
  };
}
