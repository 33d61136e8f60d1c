import { createGeminiTeacher } from './gemini/gemini.ts';
import { createOpenaiTeacher } from './openai/openai.ts';
import { createReplayTeacher } from './replay.ts';
import type { Teacher } from './teacher.ts';

/** Every teacher by name: a new one is its file and its line here. */
const TEACHERS = {
  replay: createReplayTeacher,
  gemini: createGeminiTeacher,
  openai: createOpenaiTeacher,
} as const;

export type TeacherName = keyof typeof TEACHERS;

/** What each teacher is created with. */
export type TeacherOptions = { readonly [Name in TeacherName]: Parameters<(typeof TEACHERS)[Name]>[0] };

type TeacherFactories = {
  readonly [Name in TeacherName]: (options: TeacherOptions[Name]) => Promise<Teacher>;
};

export function isTeacherName(name: string): name is TeacherName {
  return Object.hasOwn(TEACHERS, name);
}

// Object.keys widens the keys of a constant object to string; they are its names.
export const TEACHER_NAMES = Object.keys(TEACHERS) as readonly TeacherName[];

/** @throws what the teacher's own factory throws: for options that can't work, before anything is asked. */
export function createTeacher<Name extends TeacherName>(
  name: Name,
  options: TeacherOptions[Name],
): Promise<Teacher> {
  const factories: TeacherFactories = TEACHERS;
  return factories[name](options);
}
