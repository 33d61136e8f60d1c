/** How an image is made ready for the teacher and the student. Any change is a new version: it is in every request's key. */
export interface PrepareRecipe {
  readonly version: string;
  /** Longer side of the prepared image; a smaller image keeps its size. */
  readonly maxSidePx: number;
  /** 1–100. */
  readonly jpegQuality: number;
  readonly chromaSubsampling: '4:4:4' | '4:2:0';
  /** What shows through transparent pixels. */
  readonly background: string;
}

/**
 * The recipe in use. 1,024 px is the largest side whose cost in the student's image tokens is known (MiniCPM-V 2.5: 689
 * for 1024 x 1024, checked 2026-11-23); quality 95 without chroma subsampling is ours, so that our own compression stays
 * out of what is judged.
 */
export const PREPARE_V1: PrepareRecipe = {
  version: 'prepare-v1',
  maxSidePx: 1024,
  jpegQuality: 95,
  chromaSubsampling: '4:4:4',
  background: '#ffffff',
};

/** What of a source image is accepted. */
export interface ImageLimits {
  /** Width times height, by the header: a larger image isn't decoded. */
  readonly maxPixels: number;
  /** Both sides, before and after resizing. */
  readonly minSidePx: number;
  /** Size of the file: it is held in memory while it is decoded. */
  readonly maxSourceBytes: number;
}

/**
 * Limits in use, all ours: 64 megapixels take about 200 MB when decoded and are above what generators and upscalers
 * deliver; under 32 px there is nothing to judge; an uncompressed 8-bit TIFF of 64 megapixels still fits 256 MiB.
 */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = {
  maxPixels: 64_000_000,
  minSidePx: 32,
  maxSourceBytes: 256 * 1024 * 1024,
};
