import { compareTexts, findRefusalIn, type TextComparison } from '@retort/corpus';
import type { AspectComparison, ComparisonData } from '@retort/report';
import { ASPECTS, OUTCOMES, toFivePointScale } from '@retort/schema';
import type { SideRow } from '@retort/store';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { chooseExamples } from './choose-examples.ts';
import { type AnsweredPair, pairSides, type RowPair, type SideChoice } from './pair-sides.ts';
import { sideFacts } from './side-facts.ts';

/** Draws of the bootstrap; fewer where rows are many, since each draw ranks all of them. */
const RESAMPLES = { few: 1000, many: 200, manyPairs: 5000 } as const;
const SEED = 0;

export interface CompareOptions {
  readonly a: SideChoice;
  readonly b: SideChoice;
  /** What brings the comparison about again. */
  readonly command: string;
  /** Whether examples carry a small picture: a page shows them, JSON doesn't. */
  readonly thumbnails: boolean;
}

/** Compares the answers of two sides about the images and aspects that both have. @throws NothingToCompareError */
export async function compareAnswers(
  { store }: Pick<PipelineDeps, 'store'>,
  options: CompareOptions,
): Promise<ComparisonData> {
  const { a, b, pairs, identical } = pairSides(store, options);
  const answered = pairs.flatMap(toAnswered);
  const aspects = ASPECTS.flatMap((aspect) => {
    const members = answered.filter((pair) => pair.a.aspect === aspect);
    return members.length === 0 ? [] : [{ aspect, members, texts: compareMembers(members) }];
  });
  return {
    version: 1,
    command: options.command,
    seed: SEED,
    a: sideFacts(
      options.a,
      a,
      answered.map((pair) => pair.a),
    ),
    b: sideFacts(
      options.b,
      b,
      answered.map((pair) => pair.b),
    ),
    common: {
      asked: pairs.length + identical,
      answered: answered.length,
      identical,
      images: new Set(pairs.map((pair) => pair.a.imageHash)).size,
    },
    outcomes: countOutcomes(pairs),
    refusals: {
      a: answered.filter(({ text }) => findRefusalIn(text.a) !== null).length,
      b: answered.filter(({ text }) => findRefusalIn(text.b) !== null).length,
    },
    aspects: aspects.map(({ aspect, members, texts }) => ({ aspect, ...aspectFacts(members, texts) })),
    examples: await chooseExamples(aspects, options.thumbnails),
  };
}

function compareMembers(members: readonly AnsweredPair[]): TextComparison {
  const resamples = members.length > RESAMPLES.manyPairs ? RESAMPLES.many : RESAMPLES.few;
  return compareTexts(
    members.map(({ text }) => text),
    { resamples, seed: SEED },
  );
}

function toAnswered(pair: RowPair): AnsweredPair[] {
  const { a, b } = pair;
  if (a.description === null || b.description === null) return [];
  const { imageName: image, imagePrompt, mos, scaleMin: min, scaleMax: max } = a;
  const text = {
    image,
    imagePrompt,
    mos: mos === null ? null : toFivePointScale(mos, { min, max }),
    a: a.description,
    b: b.description,
  };
  return [{ ...pair, text }];
}

/** How each row in common stands: an outcome of the closed set, or `pending` where there will be another call. */
function countOutcomes(pairs: readonly RowPair[]): ComparisonData['outcomes'] {
  const ends = pairs.map(({ a, b }) => ({ a: endOf(a), b: endOf(b) }));
  return [...OUTCOMES, 'pending']
    .map((outcome) => ({
      outcome,
      a: ends.filter((end) => end.a === outcome).length,
      b: ends.filter((end) => end.b === outcome).length,
    }))
    .filter(({ a, b }) => a + b > 0);
}

function endOf({ state, outcome }: SideRow): string {
  if (state === 'answered') return 'answered';
  return state === 'pending' ? 'pending' : (outcome ?? 'pending');
}

function aspectFacts(
  members: readonly AnsweredPair[],
  { pairs, imagePrompts, resamples, agreement, lengths, words, labels, mos }: TextComparison,
): Omit<AspectComparison, 'aspect'> {
  return {
    pairs,
    image_prompts: imagePrompts,
    resamples,
    saw_label: { a: members.some(({ a }) => a.sawLabel), b: members.some(({ b }) => b.sawLabel) },
    agreement: {
      rouge_l: agreement.rougeL,
      jaccard: agreement.jaccard,
      chance: { rouge_l: agreement.chance.rougeL, jaccard: agreement.chance.jaccard },
      same: agreement.same,
    },
    lengths: [...lengths],
    words: { a: [...words.a], b: [...words.b] },
    labels,
    mos: mos.kind === 'not-fitted' ? mos : mosFacts(mos),
  };
}

function mosFacts({
  floorAccuracy,
  ...figures
}: Extract<TextComparison['mos'], { kind: 'fitted' }>): AspectComparison['mos'] {
  return { ...figures, floor_accuracy: floorAccuracy };
}
