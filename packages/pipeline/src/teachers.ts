import type { RunPlan } from '@retort/schema';
import { RetortError } from '@retort/schema';
import {
  type BatchTeacher,
  createTeacher,
  isBatchTeacher,
  isTeacherName,
  loadPrompts,
  resolveGeminiBaseUrl,
  resolveGeminiKey,
  resolveOpenaiBaseUrl,
  resolveOpenaiKey,
  TEACHER_NAMES,
  type Teacher,
} from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';
import { planPrice } from './plan-price.ts';
import { rememberRecent } from './recent-reads.ts';
import type { TeachDeps } from './teach-request.ts';

export class UnknownTeacherError extends RetortError {
  readonly code = 'usage';
  constructor(name: string) {
    super(`There is no teacher "${name}": choose one of ${TEACHER_NAMES.join(', ')}.`);
  }
}

export class RecordingsNeededError extends RetortError {
  readonly code = 'usage';
  constructor() {
    super(
      'The replay teacher needs recorded answers: pass --recordings FILE, or ask live with --teacher gemini or openai.',
    );
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** Makes the teacher of a plan; keys come from `env`. @throws UnknownTeacherError, and what the teacher itself throws */
export async function createPlanTeacher(
  { teacher, model, recordings }: RunPlan,
  env: Env,
): Promise<Teacher | BatchTeacher> {
  if (!isTeacherName(teacher)) throw new UnknownTeacherError(teacher);
  switch (teacher) {
    case 'replay':
      if (recordings === null) throw new RecordingsNeededError();
      return createTeacher('replay', { recordingsPath: recordings });
    case 'gemini':
    case 'gemini-batch': {
      const baseUrl = resolveGeminiBaseUrl(env);
      return createTeacher(teacher, { apiKey: resolveGeminiKey(env).key, model, baseUrl });
    }
    case 'openai': {
      const baseUrl = resolveOpenaiBaseUrl(env);
      return createTeacher('openai', { apiKey: resolveOpenaiKey(env), model, baseUrl });
    }
  }
}

/** The same for a teacher that is asked one by one. */
async function createOnlineTeacher(plan: RunPlan, env: Env): Promise<Teacher> {
  const teacher = await createPlanTeacher(plan, env);
  if (isBatchTeacher(teacher)) throw new TypeError(`${teacher.name} is asked by advanceBatch only`);
  return teacher;
}

/**
 * Looks whether `env` holds what the plan's teacher needs, before anything is made.
 *
 * @returns one sentence for people when something in it is ambiguous, else null
 * @throws what `createPlanTeacher` throws about it
 */
export async function checkPlanTeacher(plan: RunPlan, env: Env): Promise<string | null> {
  const teacher = await createPlanTeacher(plan, env);
  if (!isBatchTeacher(teacher)) await teacher.close?.();
  return plan.teacher.startsWith('gemini') ? resolveGeminiKey(env).warning : null;
}

/** Images whose bytes stay in memory for the next request about them. */
const IMAGES_REMEMBERED = 64;

export interface Teachers {
  /** The teacher and all that an attempt needs, made once a run. */
  forRun(plan: RunPlan): Promise<TeachDeps>;
}

/** Teachers of a worker process. */
export function createTeachers(deps: PipelineDeps, env: Env, random: () => number): Teachers {
  const made = new Map<string, Promise<TeachDeps>>();
  const make = async (plan: RunPlan): Promise<TeachDeps> => ({
    store: deps.store,
    teacher: await createOnlineTeacher(plan, env),
    prompts: await loadPrompts(deps.promptsDir),
    readImage: rememberRecent((hash) => deps.blobs.read(hash), IMAGES_REMEMBERED),
    price: planPrice(deps, plan),
    now: deps.now,
    random,
  });
  return {
    forRun(plan) {
      const key = JSON.stringify([plan.teacher, plan.model, plan.recordings]);
      const known = made.get(key) ?? make(plan);
      made.set(key, known);
      return known;
    },
  };
}
