import path from 'node:path';
import type { Aspect, ImportedRow, ImportedSample, MosScale, Rating, Split } from '@retort/schema';
import { checkObservedScale } from './check-observed-scale.ts';
import { InvalidDatasetOptionError } from './errors.ts';
import { type ImageFolder, openImageFolder } from './image-folder.ts';
import { readMosFile } from './read-mos-file.ts';
import { readPromptSheet } from './read-prompt-sheet.ts';
import { readSplitTable } from './read-split-table.ts';
import type { DatasetReader, ReaderOptions } from './reader.ts';

const NAME = 'aigciqa2023';

/** Six generators with 400 images each: four of every one of 100 image prompts, in the sheet's order. */
const IMAGES = 2400;
const IMAGES_PER_GENERATOR = 400;
const IMAGES_PER_PROMPT = 4;
const PROMPTS = IMAGES_PER_GENERATOR / IMAGES_PER_PROMPT;

/** What the dataset's authors publish; copies on 1–5 are about, so that `--scale` is often needed. */
const PUBLISHED_SCALE: MosScale = { min: 0, max: 100 };

/** As the dataset's README maps them. Its DATA/STD is on the scale of single votes, not of these MOS: not read. */
const MOS_FILES: readonly (readonly [Aspect, string])[] = [
  ['quality', 'mosz1.mat'],
  ['correspondence', 'mosz3.mat'],
  ['authenticity', 'mosz2.mat'],
];
const MOS_VARIABLE = 'MOSz';
const PROMPT_SHEET = 'AIGCIQA2023_Prompts.xlsx';

interface OpenFiles {
  readonly images: ImageFolder;
  readonly imageFolder: string;
  readonly prompts: readonly string[];
  readonly scale: MosScale;
  readonly mos: readonly MosFile[];
  readonly splits: ReadonlyMap<string, Split>;
}

interface MosFile {
  readonly aspect: Aspect;
  readonly file: string;
  readonly values: readonly number[];
}

/**
 * AIGCIQA2023: `Image/allimg/0.png` to `2399.png`, `DATA/MOS/mosz1.mat` to `mosz3.mat`, and the sheet of image prompts.
 * Its files don't say which generator is which, so they are numbered in the dataset's order. `csv` is a table of `name`
 * and `split`, where somebody has a published split.
 */
export const aigciqa2023Reader: DatasetReader = {
  name: NAME,
  publishedSplitSizes: { train: 1800, val: 0, test: 600 },
  async open(options) {
    const files = await openFiles(options);
    const sheet = path.join(options.path, PROMPT_SHEET);
    const csv = options.csv === undefined ? [] : [options.csv];
    return {
      description: {
        reader: NAME,
        name: options.datasetName ?? NAME,
        scale: files.scale,
        ratedAspects: MOS_FILES.map(([aspect]) => aspect),
        licence: null,
        source: 'AIGCIQA2023 (Wang et al., 2023, arXiv 2307.00211)',
      },
      files: [...files.mos.map(({ file }) => file), sheet, ...csv],
      rows: () => readRows(files),
    };
  },
};

async function openFiles({ path: folder, csv, columns, scale }: ReaderOptions): Promise<OpenFiles> {
  if (columns !== undefined) {
    throw new InvalidDatasetOptionError(`--columns is for tables, and ${NAME} has none: leave it out.`);
  }
  const imageFolder = path.join(folder, 'Image', 'allimg');
  const images = await openImageFolder(imageFolder);
  const used = scale ?? PUBLISHED_SCALE;
  const mos: MosFile[] = [];
  for (const [aspect, name] of MOS_FILES) {
    const file = path.join(folder, 'DATA', 'MOS', name);
    const values = await readMosFile(file, MOS_VARIABLE, IMAGES);
    checkObservedScale(file, `${MOS_VARIABLE} of ${file}`, values, used);
    mos.push({ aspect, file, values });
  }
  const prompts = await readPromptSheet(path.join(folder, PROMPT_SHEET), PROMPTS);
  const splits = csv === undefined ? new Map<string, Split>() : await readSplitTable(csv);
  return { images, imageFolder, prompts, scale: used, mos, splits };
}

async function* readRows(files: OpenFiles): AsyncGenerator<ImportedRow> {
  for (let i = 0; i < IMAGES; i += 1) {
    const sample = await readSample(files, i);
    if ('reason' in sample) {
      yield { kind: 'rejected', rejected: { ...sample, row: i + 1, name: `${i}.png` } };
    } else {
      yield { kind: 'sample', sample };
    }
  }
}

/** Image `i`, from 0; its row is its place in the MOS files, from 1. */
async function readSample(
  { images, imageFolder, prompts, scale, mos, splits }: OpenFiles,
  i: number,
): Promise<ImportedSample | { file: string; reason: string }> {
  const ratings: Rating[] = [];
  for (const { aspect, file, values } of mos) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value) || value < scale.min || value > scale.max) {
      const reason = `The MOS of ${aspect} should lie on the scale ${scale.min} to ${scale.max} and is ${value}: mend it, or leave the image out.`;
      return { file, reason };
    }
    ratings.push({ aspect, mos: value, mosStd: null });
  }
  const located = await images.locate(`${i}.png`);
  if (located.kind === 'refused') return { file: imageFolder, reason: located.reason };
  const generator = `${NAME}-generator-${Math.floor(i / IMAGES_PER_GENERATOR) + 1}`;
  return {
    name: located.name,
    imagePath: located.imagePath,
    imagePrompt: prompts[Math.floor((i % IMAGES_PER_GENERATOR) / IMAGES_PER_PROMPT)] ?? null,
    generator,
    generatorSetting: generator,
    publishedSplit: splits.get(located.name) ?? null,
    ratings,
    row: i + 1,
  };
}
