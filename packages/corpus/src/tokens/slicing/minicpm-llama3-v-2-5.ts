import { type ImageSize, MAX_SLICES, sliceGrid } from './slice-grid.ts';

/** Query tokens of the resampler, whatever a slice's size: `query_num` of MiniCPM-Llama3-V-2_5. */
const QUERY_TOKENS = 96;
/** Each slice stands between `<image>` and `</image>`. */
const SLICE_TOKENS = QUERY_TOKENS + 2;
/** `<slice>` and `</slice>` around the cut picture. */
const GRID_TOKENS = 2;

/**
 * Tokens that a picture takes in MiniCPM-Llama3-V-2_5: itself, then its slices row by row with a newline between rows.
 * The same in MiniCPM-V's finetune script and in ms-swift.
 *
 * @see OpenBMB/MiniCPM-V finetune/dataset.py `preprocess`, `get_grid_placeholder` (checked 2026-11-28)
 */
export function imageTokensOf25(size: ImageSize, maxSlices = MAX_SLICES): number {
  const grid = sliceGrid(size, maxSlices);
  if (grid === null) return SLICE_TOKENS;
  return SLICE_TOKENS + GRID_TOKENS + grid.columns * grid.rows * SLICE_TOKENS + (grid.rows - 1);
}

/** What a picture takes at most: nine slices below each other. */
export const MOST_IMAGE_TOKENS_OF_25 =
  SLICE_TOKENS + GRID_TOKENS + MAX_SLICES * SLICE_TOKENS + (MAX_SLICES - 1);
