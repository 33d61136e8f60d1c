import { SPLITS, type Split } from '@retort/schema';
import { normaliseImagePrompt } from '../../splits/normalise-image-prompt.ts';
import { createNumberList } from './number-list.ts';
import { textKey } from './text-key.ts';

/** Rated rows as columns: what the metadata of an image says, in numbers. */
export interface RatingColumns {
  /** MOS on 0–5. */
  readonly mos: Float64Array;
  /** Number of the generator setting, from 0. */
  readonly setting: Float64Array;
  readonly settings: number;
  /** Number of the image prompt, from 0. */
  readonly imagePrompt: Float64Array;
  readonly imagePrompts: number;
  /** Fold of the image prompt, 0 to `FOLDS` - 1: all rows of a prompt are in one. */
  readonly fold: Float64Array;
  /** Index in `SPLITS`; -1 where a row has none. */
  readonly split: Float64Array;
}

export interface RatingRow {
  readonly mos: number;
  readonly generatorSetting: string;
  readonly imagePrompt: string;
  readonly split: Split | null;
}

/** Parts of the image prompts that take turns at being predicted; a prompt's hash decides on its part. */
export const FOLDS = 5;

/** Collects rows into columns: 40 bytes a row, whatever its texts are, and a little for each image prompt. */
export function createRatingCollector() {
  const columns = {
    mos: createNumberList(),
    setting: createNumberList(),
    imagePrompt: createNumberList(),
    fold: createNumberList(),
    split: createNumberList(),
  };
  const settings = new Map<string, number>();
  const imagePrompts = new Map<number, number>();
  return {
    add(row: RatingRow): void {
      const prompt = textKey(normaliseImagePrompt(row.imagePrompt));
      columns.mos.push(row.mos);
      columns.setting.push(numberOf(settings, row.generatorSetting));
      columns.imagePrompt.push(numberOf(imagePrompts, prompt));
      columns.fold.push(prompt % FOLDS);
      columns.split.push(row.split === null ? -1 : SPLITS.indexOf(row.split));
    },
    columns: (): RatingColumns => ({
      mos: columns.mos.values(),
      setting: columns.setting.values(),
      settings: settings.size,
      imagePrompt: columns.imagePrompt.values(),
      imagePrompts: imagePrompts.size,
      fold: columns.fold.values(),
      split: columns.split.values(),
    }),
  };
}

function numberOf<Key>(known: Map<Key, number>, key: Key): number {
  const number = known.get(key) ?? known.size;
  if (number === known.size) known.set(key, number);
  return number;
}
