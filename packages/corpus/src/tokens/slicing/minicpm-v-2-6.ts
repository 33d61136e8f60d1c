import { type ImageSize, MAX_SLICES, sliceGrid } from './slice-grid.ts';

/** Above this LLaMA-Factory shrinks a picture before anything else looks at it: its default `image_max_pixels`. */
export const LLAMAFACTORY_MOST_PIXELS = 768 * 768;
/** 64 query tokens between two marks. */
const SLICE_TOKENS = 66;
/** `<image_id>`, the number 0, `</image_id>`. */
const IMAGE_ID_TOKENS = 3;

/** The size at which LLaMA-Factory shows a picture to a student. @see LLaMA-Factory mm_plugin.py `_preprocess_image` (checked 2026-11-28) */
export function shrinkForLlamafactory({ width, height }: ImageSize): ImageSize {
  if (width * height <= LLAMAFACTORY_MOST_PIXELS) return { width, height };
  const factor = Math.sqrt(LLAMAFACTORY_MOST_PIXELS / (width * height));
  return { width: Math.trunc(width * factor), height: Math.trunc(height * factor) };
}

/**
 * Tokens that a picture takes in MiniCPM-V 2.6 under LLaMA-Factory's template `minicpm_v`: its number, itself, then its
 * slices row by row with a newline between rows.
 *
 * @see LLaMA-Factory mm_plugin.py `MiniCPMVPlugin` (checked 2026-11-28)
 */
export function imageTokensOf26(size: ImageSize, maxSlices = MAX_SLICES): number {
  const grid = sliceGrid(shrinkForLlamafactory(size), maxSlices);
  const whole = IMAGE_ID_TOKENS + SLICE_TOKENS;
  return grid === null ? whole : whole + grid.columns * grid.rows * SLICE_TOKENS + (grid.rows - 1);
}

/** What a picture takes at most: 768² is cut into at most four slices, below each other where it is very tall. */
export const MOST_IMAGE_TOKENS_OF_26 = IMAGE_ID_TOKENS + SLICE_TOKENS + 4 * SLICE_TOKENS + 3;
