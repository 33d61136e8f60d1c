/** Sides of a picture, in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** How a picture is cut up besides being shown whole. */
export interface SliceGrid {
  readonly columns: number;
  readonly rows: number;
}

/** Side of a square slice, px, of every MiniCPM-V since 2.5. */
export const SLICE_SIDE = 448;
/** Slices that a picture is cut into at most, where nobody says otherwise; also `--max_slice_nums` of the published script. */
export const MAX_SLICES = 9;

/**
 * The grid that a MiniCPM-V cuts a picture into: about as many slices as it has times 448², the grid's shape nearest to the
 * picture's in logarithm. Of two equally near ones the first tried is taken, to the last bit of the logarithms: 3 x 2 and
 * not 2 x 3 for a square.
 *
 * @returns null when the picture isn't cut
 * @see OpenBMB/MiniCPM-V finetune/dataset.py `slice_image`; transformers image_processing_pil_minicpmv4_6.py
 *   `get_sliced_grid` (checked 2026-11-28)
 */
export function sliceGrid({ width, height }: ImageSize, maxSlices = MAX_SLICES): SliceGrid | null {
  const wanted = Math.min(Math.ceil((width * height) / (SLICE_SIDE * SLICE_SIDE)), maxSlices);
  if (wanted <= 1) return null;
  const shape = Math.log(width / height);
  let best: SliceGrid = { columns: 1, rows: 1 };
  let leastError = Number.POSITIVE_INFINITY;
  for (const slices of [wanted - 1, wanted, wanted + 1]) {
    if (slices === 1 || slices > maxSlices) continue;
    for (let columns = 1; columns <= slices; columns += 1) {
      if (slices % columns !== 0) continue;
      const rows = slices / columns;
      const error = Math.abs(shape - Math.log(columns / rows));
      if (error >= leastError) continue;
      best = { columns, rows };
      leastError = error;
    }
  }
  return best;
}
