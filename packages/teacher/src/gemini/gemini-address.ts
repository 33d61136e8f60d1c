import { checkBaseUrl } from '../http/base-url.ts';
import { TeacherOptionError } from '../teacher-errors.ts';

export const GEMINI_BASE_URL = 'https://generativelanguage.googleapis.com';
export const GEMINI_API_VERSION = 'v1beta';

/** The base address that `GOOGLE_GEMINI_BASE_URL` gives, else Google's own. @throws TeacherOptionError */
export function resolveGeminiBaseUrl(env: Readonly<Record<string, string | undefined>>): string {
  const given = env.GOOGLE_GEMINI_BASE_URL?.trim() ?? '';
  return given === '' ? GEMINI_BASE_URL : normaliseBaseUrl(given);
}

/** With or without a path, slash or `/v1beta` at the end: one form without the two. @throws TeacherOptionError */
export function normaliseBaseUrl(baseUrl: string): string {
  return checkBaseUrl(baseUrl, 'Gemini', 'GOOGLE_GEMINI_BASE_URL')
    .replace(/\/v1beta$/, '')
    .replace(/\/+$/, '');
}

/** `models/gemini-x` and `tunedModels/x` may be written out; anything else that changes the path is refused. */
export function checkModelName(model: string): void {
  if (/^([\w-]+\/)?[\w-]+(\.[\w-]+)*$/.test(model)) return;
  throw new TeacherOptionError(
    `${JSON.stringify(model)} can't be a Gemini model: expected a name such as gemini-3.5-flash.`,
  );
}
