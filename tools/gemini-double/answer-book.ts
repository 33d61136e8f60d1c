import type { RecordedImage } from './load-recordings.ts';
import type { GenerateRequest } from './read-request.ts';

/** Finds the text that answers a request. */
export type AnswerBook = (request: GenerateRequest) => string;

/** Words that a prompt about an aspect uses and the others don't. */
const ASPECT_WORDS: Readonly<Record<string, RegExp>> = {
  authenticity: /\b(authentic\w*|real photograph|fake)\b/gi,
  correspondence: /(image_prompt|\bcorrespond\w*|\bmatch\w*|\bimage prompt\b)/gi,
  quality: /\b(quality|blur\w*|sharp\w*|noise|exposure)\b/gi,
};

/** How a prompt shows the sections it wants: a line of an aspect in capitals, a colon and an ellipsis. */
const SECTION_HEADING = /^(QUALITY|CORRESPONDENCE|AUTHENTICITY): …$/gm;

/** Requests without an image are one picture too. */
const NO_IMAGE = 'no image';

/**
 * Answers with what was recorded. An image is known by the hash of its bytes; one that isn't known gets the next recorded
 * image in the order of the file, round and round, and keeps it: the same bytes are always the same picture.
 *
 * A structured answer has each property of that name filled with its aspect's text; a prompt that shows headings gets a
 * section under each. Where nothing was recorded the text says that it is made up.
 */
export function createAnswerBook(images: readonly RecordedImage[]): AnswerBook {
  const byHash = new Map(
    images.flatMap((image) => (image.hash === null ? [] : [[image.hash, image] as const])),
  );
  let next = 0;
  const imageOf = (hash: string): RecordedImage | undefined => {
    const known = byHash.get(hash);
    if (known !== undefined) return known;
    const given = images[next % images.length];
    next += 1;
    if (given !== undefined) byHash.set(hash, given);
    return given;
  };
  return (request) => {
    const hash = request.imageHashes[0] ?? NO_IMAGE;
    const image = imageOf(hash);
    const textOf = (aspect: string) => image?.answers.get(aspect) ?? madeUp(aspect, hash);
    if (request.responseSchema === null) {
      const headings = [...request.text.matchAll(SECTION_HEADING)].map(([, heading = '']) => heading);
      if (headings.length === 0) return textOf(guessAspect(request.text));
      return headings.map((heading) => `${heading}: ${textOf(heading.toLowerCase())}`).join('\n\n');
    }
    return JSON.stringify(fill(request.responseSchema, textOf, 'value'));
  };
}

/** The aspect whose words a prompt uses most; `quality` where it uses none. */
export function guessAspect(prompt: string): string {
  const counts = Object.entries(ASPECT_WORDS).map(([aspect, words]) => ({
    aspect,
    count: prompt.match(words)?.length ?? 0,
  }));
  const most = Math.max(...counts.map(({ count }) => count));
  return most === 0 ? 'quality' : (counts.find(({ count }) => count === most)?.aspect ?? 'quality');
}

function madeUp(aspect: string, hash: string): string {
  return `Made up by gemini-double: nothing about ${aspect} was recorded for the image ${hash.slice(0, 15)}.`;
}

/** The least value that a response schema allows, with recorded texts for its strings. */
function fill(schema: unknown, textOf: (name: string) => string, name: string): unknown {
  if (typeof schema !== 'object' || schema === null) return textOf(name);
  const { type, properties, items, enum: values } = schema as Readonly<Record<string, unknown>>; // an object, as checked
  if (Array.isArray(values) && values.length > 0) return values[0];
  const kind = typeof type === 'string' ? type.toLowerCase() : 'string';
  if (kind === 'object' && typeof properties === 'object' && properties !== null) {
    return Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, fill(value, textOf, key)]),
    );
  }
  if (kind === 'array') return [fill(items, textOf, name)];
  if (kind === 'number' || kind === 'integer') return 0;
  return kind === 'boolean' ? false : textOf(name);
}
