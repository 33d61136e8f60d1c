import type { Bed } from './bed.ts';
import type { Finding } from './measurement.ts';

/** One line of the table, measured. */
export interface BenchRow {
  /** What is typed to choose it. */
  readonly name: string;
  readonly about: string;
  run(bed: Bed): Promise<Finding>;
}
