import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DoubleUsageError } from './usage-error.ts';

/** One image and the answers that a teacher really gave about it. */
export interface RecordedImage {
  readonly name: string;
  /** `sha256:…` of its bytes; null where neither the recordings nor a file told it. */
  readonly hash: string | null;
  /** Recorded text by aspect. */
  readonly answers: ReadonlyMap<string, string>;
}

const lineSchema = z.object({
  image: z.string().min(1),
  image_hash: z.string().startsWith('sha256:').nullish(),
  aspect: z.string().min(1),
  response: z.string(),
});

/**
 * Reads JSON lines of `{image, aspect, response}`, optionally with `image_hash`, in their order.
 *
 * @param imagesDir where the images themselves are looked for by name, to know their hashes; those missing have none
 * @throws DoubleUsageError names file and line
 */
export function loadRecordings(path: string, imagesDir: string | null): readonly RecordedImage[] {
  const images = new Map<string, { hash: string | null; answers: Map<string, string> }>();
  for (const [index, text] of readText(path).split('\n').entries()) {
    if (text.trim() === '') continue;
    const line = parseLine(path, text, index + 1);
    const image = images.get(line.image) ?? { hash: line.image_hash ?? null, answers: new Map() };
    images.set(line.image, image);
    if (!image.answers.has(line.aspect)) image.answers.set(line.aspect, line.response);
  }
  if (images.size === 0) throw new DoubleUsageError(`${path} holds no recordings: give another file.`);
  const folder = imagesDir ?? join(dirname(path), '..', 'images');
  return [...images].map(([name, { hash: known, answers }]) => ({
    name,
    hash: known ?? hashOfFile(join(folder, name)),
    answers,
  }));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    // Node's file errors all have a code.
    const { code } = cause as NodeJS.ErrnoException;
    throw new DoubleUsageError(`The recordings ${path} can't be read (${code}): check --recordings.`);
  }
}

function parseLine(path: string, text: string, line: number): z.infer<typeof lineSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DoubleUsageError(`${path}, line ${line}: expected one JSON object, but this is no JSON.`);
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new DoubleUsageError(`${path}, line ${line}: expected image, aspect and response: ${problems}.`);
}

function hashOfFile(path: string): string | null {
  try {
    return `sha256:${hash('sha256', readFileSync(path))}`;
  } catch {
    return null; // a recording without its image is usual: such an image is answered by order
  }
}
