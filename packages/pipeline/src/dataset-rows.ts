import { readFile } from 'node:fs/promises';
import {
  ASPECTS,
  type Aspect,
  type ImportedSample,
  type RunPlan,
  sha256,
  toFivePointScale,
} from '@retort/schema';
import { openDataset } from './import-dataset.ts';

/** An image of a dataset, as the scorer reads rows. */
export interface DatasetLine {
  readonly sample_name: string;
  readonly image_path: string;
  /** Empty where nobody asked for it. */
  readonly image_hash: string;
  readonly image_prompt: string | null;
  readonly generator: string | null;
  readonly generator_setting: string | null;
  readonly split: string;
  /** By aspect, on the 0–5 scale. */
  readonly mos: Readonly<Record<string, number>>;
}

/** The images of a dataset, rated or not. */
export interface DatasetRows {
  readonly name: string;
  readonly lines: readonly DatasetLine[];
  /** Aspects that at least one image has a MOS of. */
  readonly aspects: readonly Aspect[];
  /** True when every row has a published side, which then is its `split`. */
  readonly isPublishedSplit: boolean;
  /** Rows that were set aside, with their reasons. */
  readonly rejected: readonly string[];
}

/**
 * Reads a dataset's rows into memory; throws as its reader does.
 *
 * @param hashed the images that are read for their hash: all, or only those without an image prompt, which group by it
 */
export async function readDatasetRows(
  dataset: RunPlan['dataset'],
  hashed: 'all' | 'promptless' = 'promptless',
): Promise<DatasetRows> {
  const { description, rows } = await openDataset({ dataset });
  const samples: ImportedSample[] = [];
  const rejected: string[] = [];
  for await (const row of rows()) {
    if (row.kind === 'sample') samples.push(row.sample);
    else rejected.push(`${row.rejected.file}, line ${row.rejected.row}: ${row.rejected.reason}`);
  }
  const lines: DatasetLine[] = [];
  for (const sample of samples) {
    const isHashed = hashed === 'all' || sample.imagePrompt === null;
    const imageHash = isHashed ? sha256(await readFile(sample.imagePath)) : '';
    lines.push(lineOf(sample, imageHash, description.scale));
  }
  return {
    name: description.name,
    lines,
    aspects: ASPECTS.filter((aspect) => lines.some(({ mos }) => mos[aspect] !== undefined)),
    isPublishedSplit: samples.length > 0 && samples.every(({ publishedSplit }) => publishedSplit !== null),
    rejected,
  };
}

/** The rated ones of `lines` as `encode` takes images; they have to be hashed. */
export function ratedImages(lines: readonly DatasetLine[]) {
  return lines
    .filter(({ mos }) => Object.keys(mos).length > 0)
    .map(({ image_hash, image_path, image_prompt }) => ({ image_hash, path: image_path, image_prompt }));
}

function lineOf(
  sample: ImportedSample,
  imageHash: string,
  scale: Parameters<typeof toFivePointScale>[1],
): DatasetLine {
  return {
    sample_name: sample.name,
    image_path: sample.imagePath,
    image_hash: imageHash,
    image_prompt: sample.imagePrompt,
    generator: sample.generator,
    generator_setting: sample.generatorSetting,
    split: sample.publishedSplit ?? 'test',
    mos: Object.fromEntries(sample.ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, scale)])),
  };
}
