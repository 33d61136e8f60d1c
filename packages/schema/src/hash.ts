import { createHash } from 'node:crypto';

/** A content hash that names its algorithm: `sha256:` and 64 hex digits. */
export type ContentHash = `sha256:${string}`;

/** Hashes bytes, or text as UTF-8. */
export function sha256(content: string | Uint8Array): ContentHash {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Hashes a text for each item, one after the other, without ever holding all of them. */
export function hashLines<T>(items: Iterable<T>, toText: (item: T) => string): ContentHash {
  const hash = createHash('sha256');
  for (const item of items) hash.update(toText(item)).update('\n');
  return `sha256:${hash.digest('hex')}`;
}

/** Hex digits of `shortHex`: enough to tell things apart, short enough to read and to type. */
const SHORT_DIGITS = 12;

/** The hex digits alone, for file names and job ids. */
export function hashHex(hash: string): string {
  return hash.slice(hash.indexOf(':') + 1);
}

/** The first 12 of them, for the names of folders and for people. */
export function shortHex(hash: string): string {
  return hashHex(hash).slice(0, SHORT_DIGITS);
}
