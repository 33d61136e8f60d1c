import { TeacherKeyError } from '../teacher-errors.ts';

/** Refuses what no HTTP header can carry, here, where the message can leave it out. @throws TeacherKeyError */
export function checkKey(key: string, name: string): void {
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
