/** Written last: a folder without it is not a complete corpus. */
export const SUMS_FILE = 'SHA256SUMS';
export const MANIFEST_FILE = 'corpus.json';
export const AUDIT_FILE = 'audit.json';
export const README_FILE = 'README.md';
export const IMAGES_FOLDER = 'images';

/** What is known of every row, in corpus order; see `exported-row.ts`. */
export const ROWS_FILE = 'rows.jsonl';

/** Rows that an export doesn't have, and why. */
export const LEFT_OUT_FILE = 'left-out.jsonl';

/** How the files name the images: in the export, or where they lie; `embedded` where only bytes are carried. */
export type ImagePlacement = 'folder' | 'path' | 'embedded';

/** A line of `sha256sum`. */
export interface FileSum {
  /** Relative to the corpus folder, with `/`. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

export function formatSum({ path, sha256 }: FileSum): string {
  return `${sha256}  ${path}\n`;
}

/** @returns null when the line isn't one of `sha256sum` */
export function parseSum(line: string): FileSum | null {
  const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
  return match?.[1] === undefined || match[2] === undefined ? null : { sha256: match[1], path: match[2] };
}

/** JSON for people and programs: two spaces, a newline at the end. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
