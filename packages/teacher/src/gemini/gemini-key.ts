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
  checkGeminiKey(key, name);
  const both = google !== '' && gemini !== '';
  return {
    key,
    name,
    warning: both ? 'GOOGLE_API_KEY and GEMINI_API_KEY are both set: GOOGLE_API_KEY is used.' : null,
  };
}

/** Refuses what no HTTP header can carry, here, where the message can leave it out. @throws TeacherKeyError */
export function checkGeminiKey(key: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(key)) return;
  throw new TeacherKeyError(
    `${name} can't be a key: it ${key === '' ? 'is empty' : 'holds a space, a line break or another foreign character'}. Set it again.`,
  );
}

const REDACTED = '[key removed]';

/** Shorter ones are no secrets but placeholders for a proxy, and could be part of any word. */
const MIN_SECRET_LENGTH = 8;

/** Shortest piece of a key that is removed when a text breaks off in the middle of it. */
const MIN_PIECE_LENGTH = 6;

/** `text` without the key in any spelling that JSON, a URL or base64 gives it, also when it is cut off inside of it. */
export function removeKey(text: string, key: string): string {
  if (key.length < MIN_SECRET_LENGTH) return text;
  const spellings = new Set([
    key,
    JSON.stringify(key).slice(1, -1),
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
  ]);
  let clean = text;
  for (const spelling of spellings) clean = removeCutKey(clean.replaceAll(spelling, REDACTED), spelling);
  return clean;
}

function removeCutKey(text: string, key: string): string {
  for (let length = Math.min(key.length - 1, text.length); length >= MIN_PIECE_LENGTH; length--) {
    if (text.endsWith(key.slice(0, length))) return text.slice(0, -length) + REDACTED;
  }
  return text;
}
