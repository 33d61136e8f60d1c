import type { RunPlan } from '@retort/schema';
import { RetortError } from '@retort/schema';
import {
  createTeacher,
  findPrice,
  isTeacherName,
  loadPrompts,
  resolveGeminiBaseUrl,
  resolveGeminiKey,
  TEACHER_NAMES,
  type Teacher,
} from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';
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
      'The replay teacher needs recorded answers: pass --recordings FILE, or ask live with --teacher gemini.',
    );
  }
}

/** Makes the teacher of a plan; keys come from `env`. @throws UnknownTeacherError, and what the teacher itself throws */
export async function createPlanTeacher(
  plan: RunPlan,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Teacher> {
  if (!isTeacherName(plan.teacher)) throw new UnknownTeacherError(plan.teacher);
  if (plan.teacher === 'replay') {
    if (plan.recordings === null) throw new RecordingsNeededError();
    return createTeacher('replay', { recordingsPath: plan.recordings });
  }
  const { key } = resolveGeminiKey(env);
  return createTeacher('gemini', { apiKey: key, model: plan.model, baseUrl: resolveGeminiBaseUrl(env) });
}

export interface Teachers {
  /** The teacher and all that an attempt needs, made once a run. */
  forRun(plan: RunPlan): Promise<TeachDeps>;
}

/** Teachers of a worker process. */
export function createTeachers(
  deps: PipelineDeps,
  env: Readonly<Record<string, string | undefined>>,
  random: () => number,
): Teachers {
  const made = new Map<string, Promise<TeachDeps>>();
  const make = async (plan: RunPlan): Promise<TeachDeps> => ({
    store: deps.store,
    teacher: await createPlanTeacher(plan, env),
    prompts: await loadPrompts(deps.promptsDir),
    readImage: (hash) => deps.blobs.read(hash),
    price: findPrice(plan),
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
