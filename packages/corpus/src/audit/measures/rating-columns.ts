import { SPLITS, type Split } from '@retort/schema';
import { normaliseImagePrompt } from '../../splits/normalise-image-prompt.ts';
import { createKeyTable } from '../key-table.ts';
import { createByteList, createFloatList, createIndexList } from './number-list.ts';
import { textKey } from './text-key.ts';

/** Rated rows as columns: what the metadata of an image says, in numbers. */
export interface RatingColumns {
  /** MOS on 0–5. */
  readonly mos: Float64Array;
  /** Number of the generator setting, from 0. */
  readonly setting: ArrayLike<number>;
  readonly settings: number;
  /** Number of the image prompt, from 0. */
  readonly imagePrompt: ArrayLike<number>;
  readonly imagePrompts: number;
  /** Fold of the image prompt, 0 to `FOLDS` - 1: all rows of a prompt are in one. */
  readonly fold: ArrayLike<number>;
  /** Index in `SPLITS`; `NO_SPLIT` where a row has none. */
  readonly split: ArrayLike<number>;
}

export interface RatingRow {
  readonly mos: number;
  readonly generatorSetting: string;
  readonly imagePrompt: string;
  readonly split: Split | null;
}

/** Parts of the image prompts that take turns at being predicted; a prompt's hash decides on its part. */
export const FOLDS = 5;

export const NO_SPLIT = SPLITS.length;

/** The place of a split in `SPLITS`; `NO_SPLIT` of none. */
export function splitIndexOf(split: Split | null): number {
  return split === null ? NO_SPLIT : SPLITS.indexOf(split);
}

/** Collects rows into columns: 18 bytes a row and 24 an image prompt, whatever their texts are. */
export function createRatingCollector() {
  const mos = createFloatList();
  const [setting, imagePrompt] = [createIndexList(), createIndexList()];
  const [fold, split] = [createByteList(), createByteList()];
  const [settings, imagePrompts] = [createKeyTable(), createKeyTable()];
  return {
    add(row: RatingRow): void {
      const prompt = normaliseImagePrompt(row.imagePrompt);
      mos.push(row.mos);
      setting.push(settings.indexOf(row.generatorSetting));
      imagePrompt.push(imagePrompts.indexOf(prompt));
      fold.push(textKey(prompt) % FOLDS);
      split.push(splitIndexOf(row.split));
    },
    columns: (): RatingColumns => ({
      mos: mos.values(),
      setting: setting.values(),
      settings: settings.count,
      imagePrompt: imagePrompt.values(),
      imagePrompts: imagePrompts.count,
      fold: fold.values(),
      split: split.values(),
    }),
  };
}
