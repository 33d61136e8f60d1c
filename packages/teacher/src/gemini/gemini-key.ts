import { checkKey } from '../http/secret-key.ts';
import { TeacherKeyError } from '../teacher-errors.ts';

export interface GeminiKey {
  readonly key: string;
  /** Variable it was taken from. */
  readonly name: 'GOOGLE_API_KEY' | 'GEMINI_API_KEY';
  /** One sentence for people, when both variables are set. */
  readonly warning: string | null;
}

/**
 * The key with the precedence of Google's own SDK: `GOOGLE_API_KEY` wins. White space around it is dropped.
 *
 * @throws TeacherKeyError when neither is set, or the one taken can't be a key
 */
export function resolveGeminiKey(env: Readonly<Record<string, string | undefined>>): GeminiKey {
  const google = env.GOOGLE_API_KEY?.trim() ?? '';
  const gemini = env.GEMINI_API_KEY?.trim() ?? '';
  const name = google === '' ? 'GEMINI_API_KEY' : 'GOOGLE_API_KEY';
  const key = google === '' ? gemini : google;
  if (key === '') {
    throw new TeacherKeyError(
      'The teacher gemini needs a key: set GOOGLE_API_KEY or GEMINI_API_KEY, or use --teacher replay with recordings.',
    );
  }
  checkKey(key, name);
  const both = google !== '' && gemini !== '';
  return {
    key,
    name,
    warning: both ? 'GOOGLE_API_KEY and GEMINI_API_KEY are both set: GOOGLE_API_KEY is used.' : null,
  };
}
