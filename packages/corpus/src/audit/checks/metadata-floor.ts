import { type Aspect, SPLITS } from '@retort/schema';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { predictByPrompt, predictBySetting } from '../measures/metadata-predictions.ts';
import { figuresOfPredictions, type PredictionFigures } from '../measures/prediction-figures.ts';
import { createRatingCollector, FOLDS, type RatingColumns } from '../measures/rating-columns.ts';
import { byAspect, ratingOf } from '../measures/rating-of.ts';
import { showFigures } from '../show-figures.ts';

const CODE = 'metadata-floor';
/** Fewer say nothing about a correlation. Our choice. */
const MIN_ROWS = 100;
/**
 * From here on little is left to learn from the pixels. Published scorers reach an SRCC of 0.90 on AGIQA-3K's quality, where
 * settings alone give 0.70: above 0.85 what separates a good scorer from none is within the error of most test sets. Our choice.
 */
const HIGH_SRCC = 0.85;
const HIGH_ACCURACY = 0.9;
/** Above this a scorer's rough accuracy can't be told from the floor's. */
const HIGH_ROUGH_ACCURACY = 0.95;

const SETTING_FLOOR =
  `floor of the generator settings (a row's prediction is the mean MOS of its setting over the image prompts of the other folds, ` +
  `${FOLDS} folds by image prompt, rows of every split)`;
const PROMPT_FLOOR = `floor of settings and image prompts (the setting's mean in train plus what the image prompt's rows in train lie above their settings' means)`;

/**
 * What one predicts of the MOS and its word knowing how an image was made, without looking at it or its text. A scorer below
 * these figures has learned nothing from the corpus.
 */
export const metadataFloor: AuditCheck = {
  code: CODE,
  start() {
    const collectors = byAspect(createRatingCollector);
    return {
      see({ row }) {
        const rating = ratingOf(row);
        if (rating !== null) collectors.get(rating.aspect).add(rating);
      },
      finish: () => collectors.entries().flatMap(([aspect, collector]) => judge(aspect, collector.columns())),
    };
  },
};

function judge(aspect: Aspect, columns: RatingColumns): readonly CheckFinding[] {
  if (columns.mos.length < MIN_ROWS || columns.settings < 2 || columns.imagePrompts < FOLDS) return [];
  const bySetting = predictBySetting(columns);
  const all = figuresOfPredictions(bySetting, columns.mos, () => true);
  if (all === null) return [];
  const test = figuresOfPredictions(bySetting, columns.mos, isOf(columns, 'test'));
  const shared = figuresOfPredictions(predictByPrompt(columns), columns.mos, () => true);
  const parts = [
    `${SETTING_FLOOR}: ${showFigures(all)} over all rows`,
    ...(test === null ? [] : [`${showFigures(test)} over test`]),
    ...(shared === null
      ? []
      : [
          `${PROMPT_FLOOR}: ${showFigures(shared)} over the rows of val and test whose image prompt is in train`,
        ]),
  ];
  const figures = [all, test, shared].filter((floor) => floor !== null);
  const high = figures.some(isHigh);
  return [
    {
      code: CODE,
      severity: high ? 'warning' : 'info',
      rows: [],
      rowCount: 0,
      evidence: `${aspect}: ${parts.join('; ')}.`,
      advice: `${high ? HIGH_ADVICE : ADVICE}${figures.some(isRoughHigh) ? ROUGH_ADVICE : ''}`,
    },
  ];
}

const ADVICE =
  'Print the floor beside every result: a scorer that does not beat it has learned nothing from this corpus.';
const HIGH_ADVICE =
  'The metadata alone says nearly everything: a good figure on this corpus shows nothing. Judge within a generator, hold whole ' +
  'generators or image prompts out, or add images that a generator does not decide.';
const ROUGH_ADVICE =
  ' Rough accuracy tells nothing apart here, since the floor has nearly all of it: compare SRCC and accuracy.';

function isOf({ split }: RatingColumns, name: 'test'): (row: number) => boolean {
  const index = SPLITS.indexOf(name);
  return (row) => split[row] === index;
}

function isHigh({ srcc, accuracy }: PredictionFigures): boolean {
  return (srcc ?? 0) >= HIGH_SRCC || accuracy >= HIGH_ACCURACY;
}

function isRoughHigh({ roughAccuracy }: PredictionFigures): boolean {
  return roughAccuracy >= HIGH_ROUGH_ACCURACY;
}
