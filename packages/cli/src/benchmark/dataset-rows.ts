import { readFile } from 'node:fs/promises';
import { openDataset } from '@retort/pipeline';
import {
  ASPECTS,
  type Aspect,
  type ImportedSample,
  type RunPlan,
  type Split,
  sha256,
  toFivePointScale,
} from '@retort/schema';

/** An image of a dataset, as the scorer reads rows. */
export interface DatasetLine {
  readonly sample_name: string;
  readonly path: string;
  /** Empty where nobody asked for it. */
  readonly image_hash: string;
  readonly image_prompt: string | null;
  readonly generator: string | null;
  readonly generator_setting: string | null;
  readonly split: Split;
  /** On the 0–5 scale. */
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
 * Reads a dataset's rows into memory; throws as its reader does. Without `hashEveryImage` only images without a prompt are
 * read and hashed: the hash is what groups them, and reading all of a large dataset takes minutes.
 */
export async function readDatasetRows(
  dataset: RunPlan['dataset'],
  { hashEveryImage = false }: { readonly hashEveryImage?: boolean } = {},
): Promise<DatasetRows> {
  const { description, rows } = await openDataset({ dataset });
  const samples: ImportedSample[] = [];
  const lines: DatasetLine[] = [];
  const rejected: string[] = [];
  for await (const row of rows()) {
    if (row.kind === 'rejected') {
      rejected.push(`${row.rejected.file}, line ${row.rejected.row}: ${row.rejected.reason}`);
      continue;
    }
    const { sample } = row;
    samples.push(sample);
    const imageHash =
      hashEveryImage || sample.imagePrompt === null ? sha256(await readFile(sample.imagePath)) : '';
    lines.push(lineOf(sample, imageHash, description.scale));
  }
  return {
    name: description.name,
    lines,
    aspects: ASPECTS.filter((aspect) =>
      samples.some(({ ratings }) => ratings.some((rating) => rating.aspect === aspect)),
    ),
    isPublishedSplit: samples.length > 0 && samples.every(({ publishedSplit }) => publishedSplit !== null),
    rejected,
  };
}

function lineOf(
  sample: ImportedSample,
  imageHash: string,
  scale: Parameters<typeof toFivePointScale>[1],
): DatasetLine {
  const { name, imagePath, imagePrompt, generator, generatorSetting, publishedSplit, ratings } = sample;
  return {
    sample_name: name,
    path: imagePath,
    image_hash: imageHash,
    image_prompt: imagePrompt,
    generator,
    generator_setting: generatorSetting,
    split: publishedSplit ?? 'test',
    mos: Object.fromEntries(ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, scale)])),
  };
}
