import { createRandom } from './random.ts';
import { fitRidge, predictRidge, type SparseRow } from './ridge.ts';

/** Parts that take turns at being predicted. */
export const FOLDS = 5;
/** Rows without which a regression on words says nothing. Our choice. */
export const MIN_ROWS = 30;
/** Not tuned: rows have length 1, so it weighs as much as one answer. */
const PENALTY = 1;
/** Answers that a word must be in to be a feature. */
const MIN_ANSWERS = 2;

/** A fold for each row, whole groups (image prompts) in one, sizes as even as groups allow. */
export function assignFolds(groupOf: readonly string[], seed: number): number[] {
  const random = createRandom(seed);
  const sizes = Map.groupBy(groupOf, (group) => group);
  const groups = [...sizes]
    .map(([group, members]) => ({ group, size: members.length, rank: random() }))
    .sort((a, b) => b.size - a.size || a.rank - b.rank);
  const filled = new Array<number>(FOLDS).fill(0);
  const foldOf = new Map<string, number>();
  for (const { group, size } of groups) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] = (filled[fold] ?? 0) + size;
    foldOf.set(group, fold);
  }
  return groupOf.map((group) => foldOf.get(group) ?? 0);
}

/**
 * What a ridge regression on the words of a text says of its MOS, each row by a model that saw no text about an image of
 * the same image prompt. Features: the words of at least two training answers, present or not, each row scaled to length 1.
 */
export function predictFromText(
  texts: readonly (readonly string[])[],
  mos: readonly number[],
  folds: readonly number[],
): number[] {
  const predictions = new Array<number>(texts.length).fill(Number.NaN);
  for (const fold of new Set(folds)) {
    const rows = [...texts.keys()];
    const train = rows.filter((row) => folds[row] !== fold);
    const vocabulary = vocabularyOf(train.map((row) => texts[row] ?? []));
    const encode = (row: number): SparseRow => encodeWords(texts[row] ?? [], vocabulary);
    const model = fitRidge(
      train.map(encode),
      train.map((row) => mos[row] ?? 0),
      { features: vocabulary.size, penalty: PENALTY },
    );
    for (const row of rows) if (folds[row] === fold) predictions[row] = predictRidge(model, encode(row));
  }
  return predictions;
}

function vocabularyOf(texts: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  for (const text of texts) for (const word of new Set(text)) answers.set(word, (answers.get(word) ?? 0) + 1);
  const words = [...answers].filter(([, count]) => count >= MIN_ANSWERS).map(([word]) => word);
  return new Map(words.sort().map((word, index) => [word, index]));
}

function encodeWords(text: readonly string[], vocabulary: ReadonlyMap<string, number>): SparseRow {
  const indexes = [...new Set(text)].flatMap((word) => vocabulary.get(word) ?? []);
  return { indexes, values: indexes.map(() => 1 / Math.sqrt(indexes.length)) };
}
