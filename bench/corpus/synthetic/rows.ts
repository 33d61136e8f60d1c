import { join } from 'node:path';
import { type CorpusRow, hashHex, type Split } from '@retort/schema';
import type { AspectPool, TextPool } from './text-pool.ts';

/** Rows up to which `scatter` is exact in a double. */
export const ROWS_MAX = 2 ** 20;

const WORD = 2 ** 32;
/** Odd, so that a product modulo 2^32 takes each value once; Knuth's 2^32 / golden ratio and two primes. */
const [BY_IMAGE, BY_HEAD, BY_TAIL] = [2_654_435_761, 2_246_822_519, 3_266_489_917];
/** As in AGIQA-3K, where several generators draw one image prompt. */
const IMAGES_PER_IMAGE_PROMPT = 6;
const GENERATORS = [
  'AttnGAN_normal',
  'DALLE2_normal',
  'glide_normal',
  'midjourney_normal',
  'sd1.5_normal',
  'xl2.2_normal',
];
const SPLITS: readonly Split[] = [
  'train',
  'train',
  'train',
  'train',
  'train',
  'train',
  'train',
  'train',
  'val',
  'test',
];

/**
 * `count` rows of a corpus in its order, one at a time; the same for the same pool. Every description, image and image
 * prompt is another; each image has a row an aspect, an image prompt stands on one side of the split.
 * `baselines/json_dump.py` makes the same rows by the same rules.
 */
export function* syntheticRows(pool: TextPool, count: number): Generator<CorpusRow> {
  if (count > ROWS_MAX) throw new RangeError(`at most ${ROWS_MAX} synthetic rows, got ${count}`);
  const images = imagesOf(pool, count);
  for (let index = 0; index < count; index += 1) {
    const aspect = pool.aspects[Math.floor(index / images)];
    if (aspect !== undefined) yield syntheticRow(pool, aspect, index, index % images);
  }
}

/** Images that `count` rows are about. */
export function imagesOf(pool: TextPool, count: number): number {
  return Math.ceil(count / pool.aspects.length);
}

/** Where the blob store of `dir` has the image of a row. */
export function blobPath(dir: string, blobHash: string): string {
  const hex = hashHex(blobHash);
  return join(dir, hex.slice(0, 2), hex);
}

/** A name in the place of the hash of image number `image`: as long, as scattered, made in no time. */
export function imageHash(image: number): string {
  const head = ((image * BY_IMAGE) % WORD).toString(16).padStart(8, '0');
  return `sha256:${head}${image.toString(16).padStart(56, '0')}`;
}

function syntheticRow(pool: TextPool, aspect: AspectPool, index: number, image: number): CorpusRow {
  const promptNumber = Math.floor(image / IMAGES_PER_IMAGE_PROMPT);
  const imagePrompt = `${pick(pool.image_prompts, promptNumber, BY_HEAD)}, variant ${promptNumber}`;
  const head = pick(aspect.heads, index, BY_HEAD);
  const tail = pick(aspect.tails, index, BY_TAIL);
  const { mos, word_label: wordLabel } = pick(aspect.ratings, index, BY_IMAGE);
  const generatorSetting = GENERATORS[image % GENERATORS.length] ?? '';
  const hash = imageHash(image);
  return {
    sampleName: `${String(image).padStart(7, '0')}.jpg`,
    dataset: 'synthetic',
    aspect: aspect.aspect,
    imagePrompt,
    generator: generatorSetting.slice(0, generatorSetting.indexOf('_')),
    generatorSetting,
    imageHash: hash,
    blobHash: hash,
    width: 512,
    height: 512,
    turns: [
      { role: 'user', text: `<image>\n${aspect.question_parts.join(imagePrompt)}` },
      { role: 'assistant', text: `${head} This is said of picture ${image}. ${tail}` },
      { role: 'user', text: aspect.word_question },
      { role: 'assistant', text: wordLabel },
    ],
    mos,
    wordLabel,
    sawLabel: false,
    promptId: `${aspect.aspect}/blind.v2`,
    teacher: 'replay',
    model: 'gemini-1.5-pro',
    requestKey: `sha256:${index.toString(16).padStart(64, '0')}`,
    split: SPLITS[promptNumber % SPLITS.length] ?? 'train',
  };
}

/** An item that looks picked at random; Python's whole numbers give the same. */
function pick<Item>(items: readonly Item[], index: number, multiplier: number): Item {
  const item = items[Math.floor((((index * multiplier) % WORD) * items.length) / WORD)];
  if (item === undefined) throw new RangeError('the pool of texts is empty');
  return item;
}
