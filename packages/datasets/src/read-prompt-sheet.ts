import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '@retort/schema';
import { DatasetUnreadableError } from './errors.ts';

/** Where the sheet has the image prompt, from 0: scene, challenge, *prompt*, and three columns more. */
const PROMPT_COLUMN = 2;
const HEADING = /^prompts?$/i;

/**
 * Image prompts of the dataset whose places, from 0, are known: one that stands elsewhere gives away a sorted or
 * shuffled sheet. Source: the table in the dataset's repository and the published rows of M3-AGIQA (checked 2026-11-28).
 */
const KNOWN_PLACES: readonly (readonly [string, number])[] = [
  ['a corgi', 0],
  ['a teddy bear on a skateboard', 13],
  ['Sunset over the sea', 18],
  ['a dolphin in an astronaut suit on saturn', 30],
  ['Downtown Shanghai at sunrise. detailed ink wash.', 59],
  ['a cross-section view of a walnut', 84],
  ['A bird gives an apple to a squirrel', 90],
  ['a banana without its peel', 94],
];

/**
 * The image prompts of AIGCIQA2023's sheet, in its order: the third column, with or without a heading. Source: readers
 * of the dataset in public repositories, all of which take that column (checked 2026-11-28).
 *
 * @param count how many there must be
 * @throws DatasetUnreadableError the sheet is missing, forbidden or no xlsx, hasn't `count` prompts, or was reordered
 */
export async function readPromptSheet(file: string, count: number): Promise<readonly string[]> {
  const cells = (await readRows(file)).map((row) => row[PROMPT_COLUMN]);
  const texts = cells.map((cell) => (cell == null ? '' : String(cell).trim()));
  const prompts = HEADING.test(texts[0] ?? '') ? texts.slice(1) : texts;
  const problem = problemOf(prompts, count);
  if (problem === null) return prompts;
  throw new DatasetUnreadableError(
    file,
    `${file} ${problem}. Their order says which image is whose: take the dataset's own sheet, unsorted.`,
  );
}

function problemOf(prompts: readonly string[], count: number): string | null {
  if (prompts.length !== count) {
    return `should have ${count} image prompts in its third column and has ${prompts.length}`;
  }
  const empty = prompts.indexOf('');
  if (empty !== -1) return `has no image prompt at place ${empty + 1} of ${count}`;
  const moved = KNOWN_PLACES.find(([prompt, place]) => prompts.includes(prompt) && prompts[place] !== prompt);
  if (moved === undefined) return null;
  return `has "${moved[0]}" at place ${prompts.indexOf(moved[0]) + 1} instead of ${moved[1] + 1}: it was reordered`;
}

async function readRows(file: string) {
  const bytes = await readBytes(file);
  // Loaded where it is used: one reader of four has a sheet.
  const { readSheet } = await import('read-excel-file/node');
  try {
    return await readSheet(bytes);
  } catch (cause) {
    const message = `${file} is no Excel sheet (xlsx) that can be read: take the dataset's own AIGCIQA2023_Prompts.xlsx.`;
    throw new DatasetUnreadableError(file, message, { cause });
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (code === undefined) throw cause;
    const message =
      code === 'ENOENT'
        ? `${file} isn't there: the dataset's image prompts were expected in it; it is in the dataset's repository.`
        : `${file} can't be read by this user (${code}): change its permissions.`;
    throw new DatasetUnreadableError(file, message, { cause });
  }
}
