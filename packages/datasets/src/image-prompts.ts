import { DatasetUnreadableError, MissingColumnError } from './errors.ts';
import { readTable } from './read-table.ts';

/** Columns of a table of image prompts. Others are not looked at, so that no rating can slip in. */
const COLUMNS = ['name', 'prompt'] as const;

/**
 * Image prompts by image name, from a CSV with the columns `name` and `prompt`; an empty prompt is none.
 *
 * @throws DatasetUnreadableError it can't be read, is empty, or names an image twice; MissingColumnError
 */
export async function readImagePrompts(file: string): Promise<ReadonlyMap<string, string>> {
  const prompts = new Map<string, string>();
  for (const [name, prompt] of await readImageList(file)) if (prompt !== null) prompts.set(name, prompt);
  return prompts;
}

/** The same table as a list of images: those without a prompt are there too, with null. Throws as readImagePrompts does. */
export async function readImageList(file: string): Promise<ReadonlyMap<string, string | null>> {
  const prompts = new Map<string, string | null>();
  let places: { name: number; prompt: number } | null = null;
  for await (const { line, fields } of readTable(file)) {
    if (places === null) {
      places = placesOf(file, fields);
      continue;
    }
    const name = fields[places.name]?.trim() ?? '';
    const prompt = fields[places.prompt]?.trim() ?? '';
    if (typeof prompts.get(name) === 'string') {
      throw new DatasetUnreadableError(
        file,
        `${file}, line ${line}: ${name} has a prompt already; keep one of the two.`,
      );
    }
    if (name !== '') prompts.set(name, prompt === '' ? null : prompt);
  }
  if (places === null)
    throw new DatasetUnreadableError(file, `${file} is empty: expected the columns name and prompt.`);
  return prompts;
}

function placesOf(file: string, header: readonly string[]): { name: number; prompt: number } {
  const names = header.map((field) => field.trim());
  const missing = COLUMNS.find((column) => !names.includes(column));
  if (missing !== undefined) throw new MissingColumnError(file, missing, [missing], names);
  return { name: names.indexOf('name'), prompt: names.indexOf('prompt') };
}
