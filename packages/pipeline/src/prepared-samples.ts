import type { SampleRow, SampleStamp } from '@retort/store';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Full rows of selected samples whose picture is ready: read one at a time, and anew each time they are gone through. */
export function preparedSamples(
  { store }: Pick<PipelineDeps, 'store'>,
  selected: readonly SampleStamp[],
): Iterable<SampleRow> {
  return {
    *[Symbol.iterator]() {
      for (const { id } of selected) {
        const sample = store.samples.get(id);
        if (sample !== null && sample.image !== null) yield sample;
      }
    },
  };
}

/** How many of them there are, without reading them. */
export function countPrepared(selected: readonly SampleStamp[]): number {
  return selected.filter(({ recipe, rejected }) => recipe !== null && !rejected).length;
}
