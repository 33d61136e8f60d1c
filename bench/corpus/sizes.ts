/** How large each row's runs are, in rows of a corpus unless said otherwise. */
export interface Sizes {
  /** Pairs of runs, product and baseline in turn, that a ratio at the small and at the large size is the median of. */
  readonly repeats: readonly [small: number, large: number];
  /** A slope is taken between these two. */
  readonly rows: readonly [small: number, large: number];
  /** Two rows an image. */
  readonly nearDuplicates: readonly [small: number, large: number];
  /** Rows that go through a process before its clock starts, so that compiled code is measured at both sizes. */
  readonly warmUp: number;
}

/** What the ratios are judged with: the sizes of issue 5. */
export const FULL: Sizes = {
  repeats: [5, 2],
  rows: [10_000, 1_000_000],
  nearDuplicates: [20_000, 400_000],
  warmUp: 10_000,
};

/** The same code in about a minute: shows that it runs, its ratios say nothing. */
export const QUICK: Sizes = {
  repeats: [1, 1],
  rows: [500, 5_000],
  nearDuplicates: [2_000, 20_000],
  warmUp: 500,
};
