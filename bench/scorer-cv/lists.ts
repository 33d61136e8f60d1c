import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '@retort/pipeline';
import { ASPECTS, type Aspect, type ImportedSample, sha256, toFivePointScale } from '@retort/schema';

/** Lists of a dataset's rated images, as the scorer reads them. */
export interface Lists {
  readonly images: string;
  readonly rows: string;
  readonly count: number;
  readonly aspects: readonly Aspect[];
}

/** Writes the lists of `reader`'s dataset at `path` into `folder`. */
export async function writeLists(reader: string, path: string, folder: string): Promise<Lists> {
  const { description, rows } = await openDataset({
    dataset: { reader, path, csv: null, columns: null, scale: null, name: null },
  });
  const samples: ImportedSample[] = [];
  for await (const row of rows())
    if (row.kind === 'sample' && row.sample.ratings.length > 0) samples.push(row.sample);
  if (samples.length === 0) throw new Error(`${path} has no rated image that ${reader} can read.`);
  const hashes = new Map<string, string>();
  for (const { name, imagePath } of samples) hashes.set(name, sha256(await readFile(imagePath)));
  const write = async (name: string, lineOf: (sample: ImportedSample) => object): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, samples.map((sample) => `${JSON.stringify(lineOf(sample))}\n`).join(''));
    return file;
  };
  return {
    images: await write('images.jsonl', ({ name, imagePath, imagePrompt }) => ({
      image_hash: hashes.get(name),
      path: imagePath,
      image_prompt: imagePrompt,
    })),
    rows: await write('rows.jsonl', ({ name, imagePrompt, generator, generatorSetting, ratings }) => ({
      sample_name: name,
      image_hash: hashes.get(name),
      image_prompt: imagePrompt,
      generator,
      generator_setting: generatorSetting,
      split: 'train',
      mos: Object.fromEntries(
        ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, description.scale)]),
      ),
    })),
    count: samples.length,
    aspects: ASPECTS.filter((aspect) =>
      samples.some(({ ratings }) => ratings.some((rating) => rating.aspect === aspect)),
    ),
  };
}
