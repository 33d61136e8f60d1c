import type { Split } from '@retort/schema';
import { SplitUnavailableError } from '../errors.ts';
import { carveValidation, groupedByPrompt } from './divide-groups.ts';
import type { SplitFractions, SplitSample } from './split-options.ts';

const INSTEAD = 'Use --split-by image-prompt (the default), which keeps all images of a prompt on one side.';

/**
 * Puts each sample on its published side. Where none is val, validation is carved from train by image prompt, never
 * from test.
 *
 * @throws SplitUnavailableError a sample has no published side, or train or test would be empty
 */
export function takePublishedSplit(
  samples: readonly SplitSample[],
  seed: number,
  fractions: SplitFractions,
): Map<string, Split> {
  const sides = new Map(samples.map(({ name, publishedSplit }) => [name, publishedSplit ?? null] as const));
  const counts = { train: 0, val: 0, test: 0, none: 0 };
  for (const side of sides.values()) counts[side ?? 'none'] += 1;
  checkSides(samples, counts);
  const train = samples.filter(({ name }) => sides.get(name) === 'train');
  const carved =
    counts.val > 0 ? new Map<string, Split>() : carveValidation(train.map(groupedByPrompt), seed, fractions);
  return new Map(
    [...sides].flatMap(([name, side]) => (side === null ? [] : [[name, carved.get(name) ?? side] as const])),
  );
}

function checkSides(samples: readonly SplitSample[], counts: Readonly<Record<Split | 'none', number>>): void {
  if (counts.none === samples.length) {
    throw new SplitUnavailableError(
      'No image of this dataset has a published side. AGIQA-3K and AIGIQA-20K have one; any other table needs a column ' +
        `"split" with train, val or test. ${INSTEAD}`,
    );
  }
  if (counts.none > 0) {
    const first = samples.find(({ publishedSplit }) => publishedSplit == null);
    throw new SplitUnavailableError(
      `${counts.none} of ${samples.length} images have no published side (the first is ${first?.name}): give them one in a ` +
        `column "split", or take them out. ${INSTEAD}`,
    );
  }
  const empty = (['train', 'test'] as const).find((split) => counts[split] === 0);
  if (empty === undefined) return;
  throw new SplitUnavailableError(
    `All ${samples.length} images are on the published side${counts.val > 0 ? 's' : ''} ` +
      `${(['train', 'val', 'test'] as const).filter((split) => counts[split] > 0).join(' and ')}; its ${empty} images aren't ` +
      `in this dataset (or not in this run: --limit leaves images out). Get the whole dataset. ${INSTEAD}`,
  );
}
