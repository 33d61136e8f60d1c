import { join } from 'node:path';
import type { RunPlan } from '@retort/schema';
import type { Recorder } from '@retort/store';
import {
  type BatchTeacher,
  findPrice,
  isBatchTeacher,
  loadPrompts,
  type Price,
  type PromptLibrary,
} from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';
import { createPlanTeacher } from './teachers.ts';

/** What every step of a batch works with. */
export interface BatchDeps extends Pick<PipelineDeps, 'store' | 'blobs' | 'now'> {
  readonly teacher: BatchTeacher;
  readonly prompts: PromptLibrary;
  /** Of a model, at the price of batches; null when it isn't known. */
  readonly priceOf: (model: string) => Price | null;
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

/** Everything that batches of a plan need in a worker process. */
export async function createBatchDeps(
  deps: PipelineDeps,
  recorder: Pick<Recorder, 'record'>,
  plan: RunPlan,
  env: Env,
  random: () => number,
): Promise<BatchDeps> {
  return {
    store: deps.store,
    blobs: deps.blobs,
    now: deps.now,
    teacher: await createPlanBatchTeacher(plan, env),
    prompts: await loadPrompts(deps.promptsDir),
    priceOf: (model) => findPrice({ teacher: plan.teacher, model }),
    recorder,
    temporaryDir: join(deps.home.dir, 'batches'),
    random,
  };
}
