import { bootstrap, type Estimate, once } from '../../compare/bootstrap.ts';
import { assignFolds, predictFromText } from '../../compare/predict-mos.ts';
import { spearman } from '../../compare/summary-statistics.ts';
import { wordsOf } from '../../compare/tokenize.ts';
import { predictBySetting } from './metadata-predictions.ts';
import { figuresOfPredictions, type PredictionFigures } from './prediction-figures.ts';
import type { RatingColumns } from './rating-columns.ts';

/** A rated description. */
export interface LeakRow {
  readonly text: string;
  readonly mos: number;
  readonly generatorSetting: string;
  readonly imagePrompt: string;
}

/** What words and metadata each say of the MOS of image prompts that were held out. */
export interface TextLeak {
  readonly text: PredictionFigures;
  readonly floor: PredictionFigures;
  readonly srcc: Estimate;
  readonly floorSrcc: Estimate;
  /** Text minus floor, on the same draws. */
  readonly difference: Estimate;
}

/** Draws of an interval: enough for its second digit. Our choice. */
const RESAMPLES = 200;
const SEED = 0;

/**
 * Ridge regression on the words of the text, and the mean of the generator setting, each fitted without the image prompts that it is
 * asked about (the same five folds); 95 % intervals by drawing image prompts.
 *
 * @returns null where one of them predicts nothing
 */
export function measureTextLeak(rows: readonly LeakRow[]): TextLeak | null {
  const imagePrompts = rows.map(({ imagePrompt }) => imagePrompt);
  const folds = assignFolds(imagePrompts, SEED);
  const mos = Float64Array.from(rows, (row) => row.mos);
  const floor = predictBySetting(columnsOf(rows, folds));
  const text = Float64Array.from(
    predictFromText(
      rows.map((row) => wordsOf(row.text)),
      [...mos],
      folds,
    ),
  );
  const known = (row: number): boolean => !Number.isNaN(floor[row]) && !Number.isNaN(text[row]);
  const [textFigures, floorFigures] = [text, floor].map((predicted) =>
    figuresOfPredictions(predicted, mos, known),
  );
  if (textFigures == null || floorFigures == null) return null;
  const srccOf = (predicted: Float64Array) =>
    once((drawn) => {
      const taken = drawn.filter(known);
      return spearman(pick(predicted, taken), pick(mos, taken));
    });
  const [srcc, floorSrcc] = [srccOf(text), srccOf(floor)];
  const difference = (drawn: readonly number[]): number | null => {
    const [ofText, ofFloor] = [srcc(drawn), floorSrcc(drawn)];
    return ofText === null || ofFloor === null ? null : ofText - ofFloor;
  };
  const estimates = bootstrap(
    imagePrompts,
    { srcc, floorSrcc, difference },
    { resamples: RESAMPLES, seed: SEED },
  );
  return { text: textFigures, floor: floorFigures, ...estimates };
}

function columnsOf(
  rows: readonly LeakRow[],
  folds: readonly number[],
): Pick<RatingColumns, 'mos' | 'setting' | 'settings' | 'fold'> {
  const settings = [...new Set(rows.map(({ generatorSetting }) => generatorSetting))];
  const numberOf = new Map(settings.map((setting, number) => [setting, number]));
  return {
    mos: Float64Array.from(rows, ({ mos }) => mos),
    setting: Float64Array.from(rows, ({ generatorSetting }) => numberOf.get(generatorSetting) ?? 0),
    settings: settings.length,
    fold: Float64Array.from(folds),
  };
}

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}
