import { selectSamples } from '@retort/pipeline';
import type { SampleStamp } from '@retort/store';
import { describe, expect, it } from 'vitest';

function sampleStamp(id: number, imagePrompt: string | null): SampleStamp {
  const name = `${String(id).padStart(3, '0')}.jpg`;
  return { id, name, imagePath: `/${name}`, imagePrompt, stamp: null, recipe: null, rejected: false };
}

/** Thirty samples by name, three to a prompt. */
const SAMPLES = Array.from({ length: 30 }, (_, i) => sampleStamp(i, `prompt ${i % 10}`));
const idsOf = (samples: readonly SampleStamp[]) => samples.map(({ id }) => id);

describe('selectSamples', () => {
  it('takes all without a limit, or with one that is not reached', () => {
    expect(selectSamples(SAMPLES, null)).toEqual(SAMPLES);
    expect(selectSamples(SAMPLES, 30)).toEqual(SAMPLES);
    expect(selectSamples(SAMPLES, 1000)).toEqual(SAMPLES);
    expect(selectSamples([], 5)).toEqual([]);
  });

  it('takes whole prompts one after the other and cuts the last one', () => {
    const counts = new Map<string | null, number>();
    const taken = selectSamples(SAMPLES, 8);
    for (const { imagePrompt } of taken) counts.set(imagePrompt, (counts.get(imagePrompt) ?? 0) + 1);
    expect([...counts.values()].sort()).toEqual([2, 3, 3]);
  });

  it('keeps the order of names', () => {
    const ids = idsOf(selectSamples(SAMPLES, 12));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('takes the same whatever the order it gets, and more of them with a higher limit', () => {
    const some = idsOf(selectSamples(SAMPLES, 7));
    const reversed = idsOf(selectSamples([...SAMPLES].reverse(), 7));
    expect(reversed.sort((a, b) => a - b)).toEqual(some);
    expect(idsOf(selectSamples(SAMPLES, 20))).toEqual(expect.arrayContaining(some));
  });

  it('takes samples without a prompt one by one', () => {
    const unprompted = SAMPLES.map(({ id }) => sampleStamp(id, null));
    expect(selectSamples(unprompted, 4)).toHaveLength(4);
  });
});
