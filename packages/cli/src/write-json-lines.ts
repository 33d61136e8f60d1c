import { writeFile } from 'node:fs/promises';

/** Writes a list for the scorer, a JSON object a line; returns its path. */
export async function writeJsonLines(path: string, lines: readonly unknown[]): Promise<string> {
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}
