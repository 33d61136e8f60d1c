import type { Check, Finding } from '../measurement.ts';
import type { BenchRow } from '../row.ts';
import { median } from '../table.ts';
import type { Figures, StepBed } from './bed.ts';
import { quick, type Sizes } from './sizes.ts';

const MIB = 2 ** 20;
/** Outputs of the same weights and input may differ by rounding. */
const CHECKSUM_TOLERANCE = 1e-4;

export interface CompareOptions {
  readonly name: string;
  readonly about: string;
  readonly sizes: Sizes;
  /** Official ÷ ours, at least. */
  readonly timeRatio: number;
  /** Ours ÷ official, at most; absent where issue 6 asks for none. */
  readonly memoryRatio?: number;
}

interface Pair {
  readonly official: Figures;
  readonly ours: Figures;
}

/** A row that runs the official stack and ours in turn and takes the median of the pairs' ratios. */
export function compareRow({
  name,
  about,
  sizes,
  timeRatio,
  memoryRatio,
}: CompareOptions): BenchRow<StepBed> {
  return {
    name,
    about,
    async run(bed): Promise<Finding> {
      const used = bed.quick ? quick(sizes) : sizes;
      const pairs: Pair[] = [];
      for (let pair = 0; pair < used.pairs; pair += 1) {
        const official = await bed.measure('official', used);
        const ours = await bed.measure('ours', used);
        expectSame(official, ours);
        pairs.push({ official, ours });
      }
      const kept = await bed.measure('official-kept', used);
      const ratio = (of: (pair: Pair) => number): number => median(pairs.map(of));
      const memory = ratio(({ official, ours }) => ours.step_bytes / official.step_bytes);
      const checks: Check[] = [
        {
          what: 'time of a training step, official ÷ ours',
          measured: ratio(({ official, ours }) => official.seconds / ours.seconds),
          must: { atLeast: timeRatio },
        },
      ];
      if (memoryRatio !== undefined) {
        checks.push({
          what: 'memory of a step, ours ÷ official',
          measured: memory,
          must: { atMost: memoryRatio },
        });
      }
      return {
        kind: 'measured',
        n: used.pairs * used.repeats,
        checks,
        facts: {
          ...factsOf(pairs),
          'memory of a step, ours ÷ official': memory,
          'the same with what libraries load at first use': ratio(
            ({ official, ours }) => ours.model_bytes / official.model_bytes,
          ),
          'tensors alive at once, ours ÷ official': ratio(
            ({ official, ours }) => ours.tensor_bytes / official.tensor_bytes,
          ),
          'CPU time, official ÷ ours': ratio(({ official, ours }) => official.cpu_seconds / ours.cpu_seconds),
          'ms, official with freed memory kept': kept.seconds * 1000,
          threads: bed.threads,
        },
      };
    },
  };
}

function factsOf(pairs: readonly Pair[]): Record<string, number> {
  const sides = ['official', 'ours'] as const;
  return Object.fromEntries(
    sides.flatMap((side) => [
      [`ms, ${side}`, median(pairs.map((pair) => pair[side].seconds)) * 1000],
      [`MiB of a step, ${side}`, median(pairs.map((pair) => pair[side].step_bytes)) / MIB],
    ]),
  );
}

function expectSame(official: Figures, ours: Figures): void {
  if (Math.abs(official.checksum / ours.checksum - 1) < CHECKSUM_TOLERANCE) return;
  throw new Error(`the outputs differ: mean size ${official.checksum}, ours ${ours.checksum}`);
}
