/** One training step: a stack of a shape on a batch. */
export interface StepShape {
  readonly batch: number;
  readonly steps: number;
  readonly d_model: number;
  readonly num_blocks: number;
  readonly slstm_at: readonly number[];
  readonly num_heads: number;
  readonly conv_kernel: number;
  readonly qkv_block_size: number;
  readonly ff_factor: number;
}

export interface Sizes {
  readonly shape: StepShape;
  /** Pairs of processes, official and ours in turn. */
  readonly pairs: number;
  /** Timed training steps in each. */
  readonly repeats: number;
}

/** What both shapes have in common: the paper's blocks, and the defaults of FitConfig. */
const BLOCKS = {
  slstm_at: [1],
  num_heads: 4,
  conv_kernel: 4,
  qkv_block_size: 4,
  ff_factor: 1.3,
} as const;

/** FitConfig's defaults: two blocks on a batch of 64 sequences of 11 levels; with an image prompt there are up to 25 tokens. */
export const SHIPPED: Sizes = {
  shape: { ...BLOCKS, num_blocks: 2, batch: 64, steps: 11, d_model: 128 },
  pairs: 5,
  repeats: 15,
};

/** The paper's head, on 8 sequences. */
export const PAPER: Sizes = {
  shape: { ...BLOCKS, num_blocks: 4, batch: 8, steps: 512, d_model: 512 },
  pairs: 2,
  repeats: 2,
};

/** The same code in seconds: shows that it runs, its ratios say nothing. */
export const quick = ({ shape }: Sizes): Sizes => ({
  shape: { ...shape, batch: 2, steps: 8, d_model: 64 },
  pairs: 1,
  repeats: 2,
});
