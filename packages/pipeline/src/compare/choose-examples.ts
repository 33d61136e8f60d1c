import { isSameText, type TextComparison } from '@retort/corpus';
import type { ComparedExample } from '@retort/report';
import type { Aspect } from '@retort/schema';
import { thumbnailOf } from '../thumbnails.ts';
import type { AnsweredPair } from './pair-sides.ts';

/** Examples an aspect. */
const EXAMPLES = 4;

interface ComparedAspect {
  readonly aspect: Aspect;
  readonly members: readonly AnsweredPair[];
  readonly texts: TextComparison;
}

/**
 * The images on which the sides differ most: by how far apart the MOS are that their words predict, or, where nothing was
 * fitted, by the least words in common. The same text twice is no disagreement.
 */
export async function chooseExamples(
  aspects: readonly ComparedAspect[],
  thumbnails: boolean,
): Promise<ComparedExample[]> {
  const chosen = aspects.flatMap(({ aspect, members, texts }) =>
    members
      .map((pair, row) => ({ aspect, pair, figures: texts.perPair[row] }))
      .filter(({ pair: { text } }) => !isSameText(text.a, text.b))
      .sort((x, y) => disagreement(y.figures) - disagreement(x.figures))
      .slice(0, EXAMPLES),
  );
  return Promise.all(
    chosen.map(async ({ aspect, pair, figures }) => ({
      aspect,
      image: pair.text.image,
      image_prompt: pair.text.imagePrompt,
      mos: pair.text.mos,
      thumbnail: thumbnails ? await thumbnailOf(pair.a.imagePath) : null,
      a: pair.text.a,
      b: pair.text.b,
      rouge_l: figures?.rougeL ?? 0,
      predicted_a: figures?.predictedA ?? null,
      predicted_b: figures?.predictedB ?? null,
    })),
  );
}

function disagreement(figures: TextComparison['perPair'][number] | undefined): number {
  if (figures === undefined) return 0;
  const { predictedA, predictedB, rougeL } = figures;
  return predictedA === null || predictedB === null ? 1 - rougeL : Math.abs(predictedA - predictedB);
}
