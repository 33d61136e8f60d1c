import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { listPromptFiles } from './list-prompt-files.ts';
import { PromptInvalidError } from './prompt-errors.ts';
import { readPromptFile } from './read-prompt-file.ts';

const RELEASED_FILE = 'RELEASED.json';
const releasedSchema = z.record(z.string(), z.string().startsWith('sha256:'));

/**
 * One sentence for each prompt file that differs from its release, teacher's and student's alike; empty when all is well.
 *
 * @throws PromptInvalidError when `RELEASED.json` isn't a map of ids to hashes
 */
export async function findReleaseProblems(dir: string): Promise<readonly string[]> {
  const released = await readReleased(join(dir, RELEASED_FILE));
  const problems: string[] = [];
  const present = new Set<string>();
  for (const { id, name, version } of await listPromptFiles(dir)) {
    present.add(id);
    const { hash } = await readPromptFile(join(dir, `${id}.md`));
    if (released[id] === undefined) {
      problems.push(`${id} isn't released: add "${id}": "${hash}" to ${RELEASED_FILE}.`);
    } else if (released[id] !== hash) {
      problems.push(
        `${id} is released and was changed: put it back, and write the new wording as ${name}.v${version + 1}.md.`,
      );
    }
  }
  const gone = Object.keys(released).filter((id) => !present.has(id));
  return [...problems, ...gone.map((id) => `${id} is released and its file is gone: put it back.`)];
}

async function readReleased(path: string): Promise<Readonly<Record<string, string>>> {
  const content = await readFile(path, 'utf8');
  try {
    return releasedSchema.parse(JSON.parse(content));
  } catch (cause) {
    throw new PromptInvalidError(path, 'it is a JSON object of prompt ids and their sha256 hashes.', {
      cause,
    });
  }
}
