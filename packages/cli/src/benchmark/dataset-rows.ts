import { readFile } from 'node:fs/promises';
import { openDataset } from '@retort/pipeline';
import {
  ASPECTS,
  type Aspect,
  type ImportedSample,
  type RunPlan,
  sha256,
  toFivePointScale,
} from '@retort/schema';

/** The rated images of a dataset, as the scorer reads rows. */
export interface DatasetRows {
  readonly name: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Aspects that at least one image has a MOS of. */
  readonly aspects: readonly Aspect[];
  /** True when every row has a published side, which then is its `split`. */
  readonly isPublishedSplit: boolean;
  /** Rows that were set aside, with their reasons. */
  readonly rejected: readonly string[];
}

/** Reads a dataset's rows into memory; throws as its reader does. */
export async function readDatasetRows(dataset: RunPlan['dataset']): Promise<DatasetRows> {
  const { description, rows } = await openDataset({ dataset });
  const samples: ImportedSample[] = [];
  const rejected: string[] = [];
  for await (const row of rows()) {
    if (row.kind === 'sample') samples.push(row.sample);
    else rejected.push(`${row.rejected.file}, line ${row.rejected.row}: ${row.rejected.reason}`);
  }
  return {
    name: description.name,
    lines: await Promise.all(samples.map((sample) => lineOf(sample, description.scale))),
    aspects: ASPECTS.filter((aspect) =>
      samples.some(({ ratings }) => ratings.some((rating) => rating.aspect === aspect)),
    ),
    isPublishedSplit: samples.length > 0 && samples.every(({ publishedSplit }) => publishedSplit !== null),
    rejected,
  };
}

async function lineOf(
  sample: ImportedSample,
  scale: Parameters<typeof toFivePointScale>[1],
): Promise<Readonly<Record<string, unknown>>> {
  const { name, imagePath, imagePrompt, generator, generatorSetting, publishedSplit, ratings } = sample;
  return {
    sample_name: name,
    // What groups an image that has no prompt; of no use otherwise, and reading every image would take minutes.
    image_hash: imagePrompt === null ? sha256(await readFile(imagePath)) : '',
    image_prompt: imagePrompt,
    generator,
    generator_setting: generatorSetting,
    split: publishedSplit ?? 'test',
    mos: Object.fromEntries(ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, scale)])),
  };
}
