/** Written last: a folder without it is not a complete corpus. */
export const SUMS_FILE = 'SHA256SUMS';
export const MANIFEST_FILE = 'corpus.json';
export const AUDIT_FILE = 'audit.json';
export const README_FILE = 'README.md';
export const IMAGES_FOLDER = 'images';

/** Hex SHA-256 by path relative to the corpus folder, with `/`. */
export type FileSums = ReadonlyMap<string, string>;

/** The lines of `sha256sum`, ordered by path. */
export function formatSums(sums: FileSums): string {
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sum]) => `${sum}  ${path}\n`)
    .join('');
}

/** @returns null when a line isn't one of `sha256sum` */
export function parseSums(text: string): FileSums | null {
  const sums = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return null;
    sums.set(match[2], match[1]);
  }
  return text.endsWith('\n') ? sums : null;
}

/** JSON for people and programs: two spaces, a newline at the end. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
