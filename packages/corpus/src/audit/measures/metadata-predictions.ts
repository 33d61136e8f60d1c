import { SPLITS } from '@retort/schema';
import { FOLDS, type RatingColumns } from './rating-columns.ts';

const TRAIN = SPLITS.indexOf('train');

/**
 * Mean MOS of a row's generator setting over the image prompts of the other folds, whatever their split: each row is predicted
 * without its own image prompt.
 *
 * By folds and not by leaving out the row's prompt alone: the lower a row's own MOS, the higher is then the mean of the others, which
 * orders the rows of a setting backwards. On AGIQA-3K that costs 0.04 (quality) and 0.06 (correspondence) of the SRCC.
 *
 * @returns a prediction a row; NaN where the setting has no row in another fold
 */
export function predictBySetting(
  columns: Pick<RatingColumns, 'mos' | 'setting' | 'settings' | 'fold'>,
): Float64Array {
  const { mos, setting, settings, fold } = columns;
  const all = createMeans(settings);
  const byFold = createMeans(settings * FOLDS);
  const cellOf = (row: number): number => (setting[row] ?? 0) * FOLDS + (fold[row] ?? 0);
  for (const [row, value] of mos.entries()) {
    all.add(setting[row] ?? 0, value);
    byFold.add(cellOf(row), value);
  }
  return mos.map((_, row) => {
    const [key, cell] = [setting[row] ?? 0, cellOf(row)];
    const others = all.count(key) - byFold.count(cell);
    return others === 0 ? Number.NaN : (all.sum(key) - byFold.sum(cell)) / others;
  });
}

/**
 * Mean MOS of a row's generator setting plus the mean of what its image prompt's rows lie above their settings' means, both over
 * the rows of train alone: what a model can know that has seen the image prompt's other images.
 *
 * @returns a prediction a row; NaN for rows of train, and for rows whose setting or image prompt isn't in train
 */
export function predictByPrompt(columns: RatingColumns): Float64Array {
  const { mos, setting, imagePrompt, split } = columns;
  const settings = createMeans(columns.settings);
  for (const [row, value] of mos.entries()) if (split[row] === TRAIN) settings.add(setting[row] ?? 0, value);
  const offsets = createMeans(columns.imagePrompts);
  for (const [row, value] of mos.entries()) {
    if (split[row] === TRAIN) offsets.add(imagePrompt[row] ?? 0, value - settings.mean(setting[row] ?? 0));
  }
  return mos.map((_, row) =>
    split[row] === TRAIN
      ? Number.NaN
      : settings.mean(setting[row] ?? 0) + offsets.mean(imagePrompt[row] ?? 0),
  );
}

/** Sums by number of a key; the mean of an empty key is NaN. */
function createMeans(keys: number) {
  const sums = new Float64Array(keys);
  const counts = new Float64Array(keys);
  const sum = (key: number): number => sums[key] ?? 0;
  const count = (key: number): number => counts[key] ?? 0;
  return {
    add(key: number, value: number): void {
      sums[key] = sum(key) + value;
      counts[key] = count(key) + 1;
    },
    sum,
    count,
    mean: (key: number): number => sum(key) / count(key),
  };
}
