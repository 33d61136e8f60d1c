import type { BatchTeacher } from './batch-teacher.ts';
import { createGeminiTeacher } from './gemini/gemini.ts';
import { createGeminiBatchTeacher } from './gemini-batch/gemini-batch.ts';
import { createOpenaiTeacher } from './openai/openai.ts';
import { createReplayTeacher } from './replay.ts';
import type { Teacher } from './teacher.ts';

/** Every teacher by name: a new one is its file and its line here. */
const TEACHERS = {
  replay: createReplayTeacher,
  gemini: createGeminiTeacher,
  'gemini-batch': createGeminiBatchTeacher,
  openai: createOpenaiTeacher,
} as const;

export type TeacherName = keyof typeof TEACHERS;

/** What each teacher is created with. */
export type TeacherOptions = { readonly [Name in TeacherName]: Parameters<(typeof TEACHERS)[Name]>[0] };

/** A teacher asked one by one, or one asked in batches. */
export type TeacherOf<Name extends TeacherName> = Awaited<ReturnType<(typeof TEACHERS)[Name]>>;

type TeacherFactories = {
  readonly [Name in TeacherName]: (options: TeacherOptions[Name]) => Promise<TeacherOf<Name>>;
};

/** Teachers that are asked in batches. */
const BATCH_TEACHERS: readonly string[] = ['gemini-batch'] satisfies TeacherName[];

export function isBatchTeacherName(name: string): boolean {
  return BATCH_TEACHERS.includes(name);
}

/** True for a teacher that is asked in batches. */
export function isBatchTeacher(teacher: Teacher | BatchTeacher): teacher is BatchTeacher {
  return 'collect' in teacher;
}

export function isTeacherName(name: string): name is TeacherName {
  return Object.hasOwn(TEACHERS, name);
}

// Object.keys widens the keys of a constant object to string; they are its names.
export const TEACHER_NAMES = Object.keys(TEACHERS) as readonly TeacherName[];

/** @throws what the teacher's own factory throws: for options that can't work, before anything is asked. */
export function createTeacher<Name extends TeacherName>(
  name: Name,
  options: TeacherOptions[Name],
): Promise<TeacherOf<Name>> {
  const factories: TeacherFactories = TEACHERS;
  return factories[name](options);
}
