/** How large each row's runs are. Numbers of images: each is asked about in three aspects, so three rows. */
export interface Sizes {
  /** Pairs of runs a ratio is the median of. */
  readonly repeats: number;
  /** Images of the common dataset; no row takes more. */
  readonly images: number;
  readonly latency64: number;
  readonly latency256: number;
  readonly instant: number;
  readonly killed: number;
  readonly faults: number;
  readonly slowFsync: number;
  readonly budget: number;
  /** Two datasets of their own, ten times apart. */
  readonly memory: readonly [small: number, large: number];
  readonly limits: number;
  /** What stands for a minute when an answer's share of a limit is counted; a real one in full size. */
  readonly minuteMs: number;
  readonly plannedRows: number;
  /** How long the queue server is watched once the window is full. */
  readonly fullWindowMs: number;
}

/** What the ratios are judged with. */
export const FULL: Sizes = {
  repeats: 2,
  images: 5_000,
  latency64: 2_000,
  latency256: 5_000,
  instant: 2_000,
  killed: 1_000,
  faults: 1_000,
  slowFsync: 3_000,
  budget: 5_000,
  memory: [667, 6_667],
  limits: 1_500,
  minuteMs: 60_000,
  plannedRows: 1_000_000,
  fullWindowMs: 10_000,
};

/** The same code in about a minute: shows that it runs, its ratios say nothing. */
export const QUICK: Sizes = {
  repeats: 1,
  images: 100,
  latency64: 60,
  latency256: 100,
  instant: 60,
  killed: 60,
  faults: 60,
  slowFsync: 60,
  budget: 100,
  memory: [10, 100],
  limits: 100,
  minuteMs: 1_500,
  plannedRows: 6_000,
  fullWindowMs: 500,
};
