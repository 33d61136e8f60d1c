import type { Finding } from './measurement.ts';

/** One line of a bench's table, measured on what its rows share. */
export interface BenchRow<Bed> {
  /** What is typed to choose it. */
  readonly name: string;
  readonly about: string;
  run(bed: Bed): Promise<Finding>;
}
