import type { BenchRow as RowOf } from '../row.ts';
import type { Bed } from './bed.ts';

/** One line of issue 4's table, measured. */
export type BenchRow = RowOf<Bed>;
