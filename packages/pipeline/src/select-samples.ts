import { sha256 } from '@retort/schema';

/** What a selection looks at; names are unique. */
interface Selectable {
  readonly name: string;
  readonly imagePrompt: string | null;
}

/**
 * The samples of a run, by name. With a limit whole image prompts are taken one after the other, in an order that depends
 * on their text alone, so that a small run has all generators and can still be split by prompt; the last one may be cut.
 */
export function selectSamples<Sample extends Selectable>(
  samples: readonly Sample[],
  limit: number | null,
): readonly Sample[] {
  if (limit === null || samples.length <= limit) return samples;
  const ranked = samples.map((sample) => ({ sample, rank: sha256(sample.imagePrompt ?? sample.name) }));
  ranked.sort((a, b) => compare(a.rank, b.rank) || compare(a.sample.name, b.sample.name));
  const taken = new Set(ranked.slice(0, limit).map(({ sample }) => sample.name));
  return samples.filter((sample) => taken.has(sample.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
