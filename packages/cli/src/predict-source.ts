import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { readImageList, readImagePrompts } from '@retort/datasets';
import { readImageEndings } from '@retort/scorer';
import { z } from 'zod';
import { linesOf } from './lines-of.ts';
import { userPath } from './repository.ts';
import { UsageError } from './usage-error.ts';

/** An image to be scored, as the scorer's list has it. */
export interface ImageToScore {
  readonly image: string;
  readonly path: string;
  readonly image_prompt: string | null;
}

export interface PredictSource {
  /** A folder, a CSV or `-`, as typed. */
  readonly source: string | undefined;
  readonly images: string | undefined;
  readonly imagePrompts: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<string | Buffer>;
}

const pathLineSchema = z.strictObject({ path: z.string().min(1), prompt: z.string().nullish() });

/**
 * What `distill predict` is to score, one after the other.
 *
 * @throws UsageError flags that don't go together, nothing there, or a line of stdin that is no path; DatasetUnreadableError,
 * MissingColumnError for a table
 */
export async function* imagesToScore(options: PredictSource): AsyncGenerator<ImageToScore> {
  const { source, images, imagePrompts, env } = options;
  if (source !== undefined && imagePrompts !== undefined && source !== '-') {
    const found = await kindOf(userPath(source, env), 'IMAGES');
    if (found === 'file') throw new UsageError('--image-prompts is for a folder: a CSV has its own prompts.');
  }
  if (source === '-') {
    if (images !== undefined || imagePrompts !== undefined)
      throw new UsageError('- reads paths and prompts from stdin: leave out --images and --image-prompts.');
    yield* fromLines(options);
    return;
  }
  const typed = source ?? images;
  if (typed === undefined)
    throw new UsageError('Say which images: a folder, a CSV or - (see "distill predict --help").');
  const flag = source === undefined ? '--images' : 'IMAGES';
  const path = userPath(typed, env);
  if ((await kindOf(path, flag)) === 'file' && source !== undefined) {
    yield* fromTable(path, images === undefined ? dirname(path) : userPath(images, env));
    return;
  }
  if (source !== undefined && images !== undefined)
    throw new UsageError(`${source} is a folder: leave out --images, or name a CSV.`);
  yield* fromFolder(path, flag, imagePrompts === undefined ? undefined : userPath(imagePrompts, env));
}

async function kindOf(path: string, flag: string): Promise<'file' | 'folder'> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError(`${flag}: there is no ${path}.`);
  return found.isDirectory() ? 'folder' : 'file';
}

async function* fromTable(file: string, folder: string): AsyncGenerator<ImageToScore> {
  for (const [image, prompt] of await readImageList(file)) {
    yield { image, path: join(folder, image), image_prompt: prompt };
  }
}

/** Images below the folder, by their path in it. */
async function* fromFolder(
  folder: string,
  flag: string,
  table: string | undefined,
): AsyncGenerator<ImageToScore> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new UsageError(`${flag}: ${folder} can't be read as a folder (${error.message}).`);
  });
  const prompts = table === undefined ? null : await readImagePrompts(table);
  const endings = await readImageEndings();
  const names = entries
    .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name).toLowerCase()))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]+/, ''),
    );
  if (names.length === 0) throw new UsageError(`${flag}: ${folder} holds no image (${endings.join(', ')}).`);
  for (const image of names.sort())
    yield { image, path: join(folder, image), image_prompt: prompts?.get(image) ?? null };
}

/** A line that begins with { is JSON, any other a path. */
async function* fromLines({ stdin, env }: PredictSource): AsyncGenerator<ImageToScore> {
  let number = 0;
  for await (const raw of linesOf(stdin)) {
    number += 1;
    const line = raw.trim();
    if (line === '') continue;
    const { path, prompt } = line.startsWith('{') ? parseLine(line, number) : { path: line, prompt: null };
    yield { image: path, path: userPath(path, env), image_prompt: prompt?.trim() || null };
  }
}

function parseLine(line: string, number: number): z.infer<typeof pathLineSchema> {
  try {
    return pathLineSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new UsageError(
      `Line ${number} of stdin is neither a path nor {"path", "prompt"}: ${line.slice(0, 80)}`,
      { cause: error },
    );
  }
}
