import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a value a line, the whole file or nothing, in a folder that is made; its path. */
export async function writeJsonLines(path: string, values: readonly unknown[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.partial`, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  await rename(`${path}.partial`, path);
  return path;
}
