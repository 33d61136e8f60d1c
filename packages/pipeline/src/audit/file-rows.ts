import { basename } from 'node:path';
import { type AuditRow, type CorpusFormat, IMAGE_LINE, IMAGE_TOKEN, type ReadRow } from '@retort/corpus';
import type { Aspect } from '@retort/schema';
import { guessAspect } from './guess-aspect.ts';
import { guessSplit } from './guess-split.ts';
import { createImageInspector, type ImageInspector, type InspectedImage } from './inspect-image.ts';
import type { RatingsTable } from './ratings-table.ts';

/** What a person knows of files from elsewhere. */
export interface FileFacts {
  readonly ratings: RatingsTable | null;
  /** What every row is about; null leaves it to the row's id and questions. */
  readonly aspect: Aspect | null;
  readonly imagesDir: string | null;
  readonly workingDir: string;
  /** The texts were written with the MOS in sight; null where nobody said. */
  readonly sawLabel: boolean | null;
}

/** A row that can't be read, and why. */
export interface UnreadableRow {
  readonly place: string;
  readonly reason: string;
}

/** Formats whose trainer puts the picture first where no row names its place. */
const ADDS_IMAGE_TOKEN = new Set(['minicpm-v', 'ms-swift']);

/** Reads the rows of one file as an audit sees them. */
export function createRowReader(
  facts: FileFacts,
  format: CorpusFormat,
  file: string,
  inspector = createImageInspector(facts),
): (row: ReadRow) => Promise<AuditRow> {
  const split = guessSplit(basename(file));
  return async (row) => {
    const image = await inspect(row, file, inspector);
    const rated = findRated(row, facts.ratings);
    const own = row.facts;
    return {
      id: row.id ?? row.place,
      split,
      aspect: facts.aspect ?? own?.aspect ?? guessAspect(row),
      imagePrompt: rated?.imagePrompt ?? own?.imagePrompt ?? imagePromptIn(row),
      generator: rated?.generator ?? own?.generator ?? null,
      generatorSetting: rated?.generatorSetting ?? own?.generatorSetting ?? null,
      imageKey: image.key,
      imageProblem: image.problem,
      imageCount: Math.max(1, row.images.length),
      width: image.width,
      height: image.height,
      fingerprint: image.fingerprint,
      turns: withImageToken(row, format),
      ratings: { ...ownRating(row), ...rated?.ratings },
      wordLabel: own?.wordLabel ?? null,
      sawLabel: facts.sawLabel ?? own?.sawLabel ?? null,
    };
  };
}

/** The picture of a row, from its bytes where the file carries them. */
async function inspect(
  { images: [path], imageBytes, place }: ReadRow,
  file: string,
  inspector: ImageInspector,
): Promise<InspectedImage> {
  const bytes = imageBytes?.[0] ?? null;
  if (bytes !== null) return inspector.inBytes(bytes, path ?? place);
  if (path !== undefined) return inspector.inNamedFile(path, file);
  return { key: null, problem: 'it names no image', width: null, height: null, fingerprint: null };
}

/** What a row of ours says of its MOS; a table of ratings that was given counts more. */
function ownRating({ facts }: ReadRow): AuditRow['ratings'] {
  return facts === undefined || facts.mos === null ? {} : { [facts.aspect]: facts.mos };
}

/** By the name in an id of ours, `dataset/aspect/name`, else by the image's path. */
function findRated({ id, images }: ReadRow, ratings: RatingsTable | null) {
  if (ratings === null) return null;
  const name = id === null ? null : /^[^/]+\/(?:quality|correspondence|authenticity)\/(.+)$/u.exec(id)?.[1];
  const byId = name == null ? null : ratings.find(name);
  return byId ?? (images[0] === undefined ? null : ratings.find(images[0]));
}

function withImageToken({ turns, images }: ReadRow, format: CorpusFormat): ReadRow['turns'] {
  const [first, ...rest] = turns;
  const isAdded = images.length === 1 && ADDS_IMAGE_TOKEN.has(format.name);
  if (first === undefined || !isAdded || turns.some(({ text }) => text.includes(IMAGE_TOKEN))) return turns;
  return [{ ...first, text: IMAGE_LINE + first.text }, ...rest];
}

/** The image prompt that our questions begin with; null in files that ask otherwise. */
function imagePromptIn({ turns }: ReadRow): string | null {
  return /^image prompt: (.+)$/imu.exec(turns[0]?.text ?? '')?.[1]?.trim() ?? null;
}
