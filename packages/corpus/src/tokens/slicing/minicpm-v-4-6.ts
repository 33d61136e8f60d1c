import { nearestMultiple } from '../round-half-even.ts';
import { type ImageSize, MAX_SLICES, SLICE_SIDE, type SliceGrid, sliceGrid } from './slice-grid.ts';

const PATCH_SIDE = 14;
/** Two merges of 2 x 2 patches (`downsample_mode` 16x) make one token of 4 x 4 patches. */
const TOKEN_SIDE = PATCH_SIDE * 4;
/** `<image_id>`, the number 0, `</image_id>`. */
const IMAGE_ID_TOKENS = 3;
/** `<image>` and `</image>`, or `<slice>` and `</slice>`. */
const MARK_TOKENS = 2;

/**
 * Tokens that a picture takes in MiniCPM-V 4.6: its number, itself, then its slices row by row with a newline between
 * rows. A slice has about 64, by its size.
 *
 * @see transformers image_processing_pil_minicpmv4_6.py, processing_minicpmv4_6.py `__call__`, as ms-swift calls them
 *   (checked 2026-11-28)
 */
export function imageTokensOf46(size: ImageSize, maxSlices = MAX_SLICES): number {
  const grid = sliceGrid(size, maxSlices);
  const whole = IMAGE_ID_TOKENS + MARK_TOKENS + resizedTokens(size, grid === null);
  if (grid === null) return whole;
  const slice = MARK_TOKENS + resizedTokens(sliceSize(size, grid), true);
  return whole + grid.columns * grid.rows * slice + (grid.rows - 1);
}

/**
 * What a picture takes at most. Rounding to whole tokens makes some slices larger than 448²: the largest found among all
 * sizes up to 4,096 px.
 */
export const MOST_IMAGE_TOKENS_OF_46 = 745;

/** `find_best_resize`, in tokens. */
function resizedTokens({ width, height }: ImageSize, allowUpscale: boolean): number {
  let [w, h] = [width, height];
  if (allowUpscale || width * height > SLICE_SIDE * SLICE_SIDE) {
    const shape = width / height;
    h = Math.trunc(SLICE_SIDE / Math.sqrt(shape));
    w = Math.trunc(h * shape);
  }
  return (nearestMultiple(w, TOKEN_SIDE) / TOKEN_SIDE) * (nearestMultiple(h, TOKEN_SIDE) / TOKEN_SIDE);
}

/** `get_refine_size`, of one slice. */
function sliceSize({ width, height }: ImageSize, { columns, rows }: SliceGrid): ImageSize {
  return { width: nearestMultiple(width, columns) / columns, height: nearestMultiple(height, rows) / rows };
}
