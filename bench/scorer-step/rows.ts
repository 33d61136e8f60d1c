import type { BenchRow } from '../row.ts';
import type { StepBed } from './bed.ts';
import { compareRow } from './compare.ts';
import { PAPER, SHIPPED } from './sizes.ts';

/** In the order of issue 6. */
export const STEP_ROWS: readonly BenchRow<StepBed>[] = [
  compareRow({
    name: 'shipped',
    about: "the shipped head's shape: S 11, d 128, two blocks, batch 64",
    sizes: SHIPPED,
    timeRatio: 3,
    memoryRatio: 0.4,
  }),
  compareRow({
    name: 'paper',
    about: "the paper's: S 512, d 512, four blocks, batch 8",
    sizes: PAPER,
    timeRatio: 3,
  }),
];
