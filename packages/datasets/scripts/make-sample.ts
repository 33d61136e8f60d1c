import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { parseAgiqaName } from '../src/agiqa-name.ts';

const HELP = `Chooses Retort's sample out of a copy of AGIQA-3K with recorded answers. Deterministic: no random number, no clock.

  node packages/datasets/scripts/make-sample.ts SOURCE OUTPUT

SOURCE  a folder with data.csv, images/ and recordings/gemini-1.5-pro.jsonl
OUTPUT  data.csv, images/ and recordings/ are written here; a README.md or LICENSE there is left alone

Chosen are all images of every image prompt that has ten generator settings, and of the first three image prompts,
by number, that have nine. Images are copied byte for byte; rows and recordings keep their bytes and their order.
`;

/** Settings that a complete image prompt has: AGIQA-3K drew each image prompt in ten. */
const ALL_SETTINGS = 10;
/** Prompts with one setting fewer that are taken too, so that the sample has some that aren't complete. */
const INCOMPLETE_PROMPTS = 3;

const recordingSchema = z.object({ image: z.string() });

interface Row {
  readonly name: string;
  readonly imagePromptNumber: string;
  /** The line as it stands in data.csv, with its line end. */
  readonly raw: string;
}

/** Numbers of the chosen image prompts. `rows` may come in any order. */
export function chooseImagePrompts(rows: readonly Pick<Row, 'imagePromptNumber'>[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.imagePromptNumber, (counts.get(row.imagePromptNumber) ?? 0) + 1);
  const withSettings = (settings: number) =>
    [...counts].flatMap(([number, count]) => (count === settings ? [number] : [])).sort();
  return new Set([
    ...withSettings(ALL_SETTINGS),
    ...withSettings(ALL_SETTINGS - 1).slice(0, INCOMPLETE_PROMPTS),
  ]);
}

/** Writes the sample of `source` to `output` and returns how much of each was taken. */
export async function makeSample(source: string, output: string) {
  const [header = '', ...body] = readLines(await readFile(path.join(source, 'data.csv'), 'utf8'));
  const rows = body.map(parseRow);
  const prompts = chooseImagePrompts(rows);
  const chosen = rows.filter((row) => prompts.has(row.imagePromptNumber));
  const names = new Set(chosen.map((row) => row.name));

  const images = path.join(output, 'images');
  await mkdir(images, { recursive: true });
  await refuseStrangers(images, names);
  await writeFile(path.join(output, 'data.csv'), header + chosen.map((row) => row.raw).join(''));
  for (const name of names) {
    await writeFile(path.join(images, name), await readFile(path.join(source, 'images', name)));
  }
  const recordings = await copyRecordings(source, output, names);
  return { imagePrompts: prompts.size, images: names.size, recordings };
}

/** Lines with their ends, so that joining them gives the same bytes again. AGIQA-3K has no line break in quotes. */
function readLines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

function parseRow(raw: string): Row {
  const name = raw.slice(0, raw.indexOf(','));
  const parsed = parseAgiqaName(name);
  if (parsed === null) throw new Error(`${name} in data.csv isn't a file name of AGIQA-3K: mend the source.`);
  return { name, imagePromptNumber: parsed.imagePromptNumber, raw };
}

/** Keeps the recorded answers of `names`, line by line as they are. */
async function copyRecordings(source: string, output: string, names: ReadonlySet<string>): Promise<number> {
  const file = path.join('recordings', 'gemini-1.5-pro.jsonl');
  const lines = readLines(await readFile(path.join(source, file), 'utf8'));
  const kept = lines.filter((line) => names.has(recordingSchema.parse(JSON.parse(line)).image));
  await mkdir(path.join(output, 'recordings'), { recursive: true });
  await writeFile(path.join(output, file), kept.join(''));
  return kept.length;
}

/** A file left from another choice would quietly stay in the sample. */
async function refuseStrangers(folder: string, names: ReadonlySet<string>): Promise<void> {
  const stranger = (await readdir(folder)).find((name) => !names.has(name));
  if (stranger === undefined) return;
  throw new Error(
    `${path.join(folder, stranger)} isn't part of the sample: remove it, or write to another folder.`,
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  });
  const [source, output] = positionals;
  if (values.help || source === undefined || output === undefined || positionals.length > 2) {
    (values.help ? process.stdout : process.stderr).write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const counts = await makeSample(source, output);
  process.stdout.write(
    `${counts.images} images of ${counts.imagePrompts} image prompts, ${counts.recordings} recorded answers\n`,
  );
}

if (import.meta.main) await main();
