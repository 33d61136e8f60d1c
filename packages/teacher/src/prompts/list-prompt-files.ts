import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PromptFileName, parsePromptFileName } from './read-prompt-file.ts';

/** Files of this name hold the student's turns; all others are a teacher's. */
export const STUDENT_PROMPT_NAME = 'student';

/** Every prompt file below `dir`, in the order of their paths; what lies in `dir` itself is documentation. */
export async function listPromptFiles(dir: string): Promise<readonly PromptFileName[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const files: PromptFileName[] = [];
  for (const folder of folders.sort()) {
    const names = (await readdir(join(dir, folder))).sort();
    files.push(...names.map((name) => parsePromptFileName(`${folder}/${name}`)));
  }
  return files;
}
