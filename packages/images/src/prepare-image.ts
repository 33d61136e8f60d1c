import type { ContentHash } from '@retort/schema';
import sharp, { type Metadata } from 'sharp';
import type { BlobStore } from './blob-store.ts';
import { readSource } from './read-source.ts';
import { DEFAULT_IMAGE_LIMITS, type ImageLimits, PREPARE_V1, type PrepareRecipe } from './recipe.ts';
import type { ImageFormat } from './sniff-format.ts';

export interface PrepareOptions {
  /** Absolute. */
  readonly sourcePath: string;
  readonly blobs: BlobStore;
  readonly limits?: ImageLimits;
  readonly recipe?: PrepareRecipe;
}

/** An image that is ready to be shown to a teacher, and what it was before. */
export interface PreparedImage {
  readonly kind: 'prepared';
  /** Of the file as it came: equal hashes are one picture, asked about once. */
  readonly sourceHash: ContentHash;
  /** Of the prepared image, which is in the blob store now. */
  readonly blobHash: ContentHash;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  /** Size of the blob. */
  readonly bytes: number;
  /** As a viewer shows it, after its EXIF orientation. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly sourceFormat: ImageFormat;
}

export type PrepareResult =
  | PreparedImage
  /** `reason` is one sentence: what is wrong with the file and what to do. */
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * Checks one image and stores it as a JPEG in sRGB, upright, on white, without metadata, at most `maxSidePx` on its longer
 * side. Equal input gives equal bytes. Only the first frame of an animation and the first page of a TIFF is taken.
 *
 * @returns rejected for whatever is wrong with the image itself
 * @throws DiskFullError, BlobFolderUnwritableError the blob can't be stored
 * @throws ImageUnreadableError the disk failed, not the image
 */
export async function prepareImage(options: PrepareOptions): Promise<PrepareResult> {
  const { sourcePath, blobs, limits = DEFAULT_IMAGE_LIMITS, recipe = PREPARE_V1 } = options;
  const read = await readSource(sourcePath, limits.maxSourceBytes);
  if (read.kind === 'rejected') return read;
  const { bytes, hash, format } = read.source;
  const header = await readHeader(bytes);
  if ('problem' in header) return rejected(damaged(format, 'header', header.problem));
  const size = header.autoOrient;
  const reason = depthProblem(header) ?? sizeProblem(size, limits, recipe);
  if (reason !== null) return rejected(reason);
  const jpeg = await encode(bytes, limits, recipe);
  if ('problem' in jpeg) return rejected(damaged(format, 'pixels', jpeg.problem));
  return {
    kind: 'prepared',
    sourceHash: hash,
    blobHash: await blobs.put(jpeg.data),
    mediaType: 'image/jpeg',
    width: jpeg.info.width,
    height: jpeg.info.height,
    bytes: jpeg.data.length,
    sourceWidth: size.width,
    sourceHeight: size.height,
    sourceFormat: format,
  };
}

/** What stopped the decoder, in its own words. */
interface Problem {
  readonly problem: string;
}

/** Reads dimensions only; the pixel limit is ours to check, with a better sentence. */
async function readHeader(bytes: Uint8Array): Promise<Metadata | Problem> {
  return sharp(bytes, { limitInputPixels: false }).metadata().catch(toProblem);
}

/**
 * Decodes strictly: a picture with a part missing would be judged as if it were meant so. sharp converts to 8-bit sRGB
 * and drops all metadata unless told otherwise.
 */
async function encode(bytes: Uint8Array, limits: ImageLimits, recipe: PrepareRecipe) {
  return sharp(bytes, { failOn: 'warning', limitInputPixels: limits.maxPixels, sequentialRead: true })
    .autoOrient()
    .flatten({ background: recipe.background })
    .resize({ width: recipe.maxSidePx, height: recipe.maxSidePx, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: recipe.jpegQuality, chromaSubsampling: recipe.chromaSubsampling })
    .toBuffer({ resolveWithObject: true })
    .catch(toProblem);
}

function toProblem(error: unknown): Problem {
  if (!(error instanceof Error)) throw error;
  return { problem: error.message.split('\n', 1)[0] ?? '' };
}

/** A TIFF may hold measurements, whose scale is unknown; the scorer reads them otherwise or not at all. */
function depthProblem({ depth }: Metadata): string | null {
  if (depth === 'uchar' || depth === 'ushort') return null;
  return `The image has ${depth} pixels, and 8 or 16 bits a channel are taken: convert it to PNG.`;
}

function sizeProblem(
  { width, height }: { readonly width: number; readonly height: number },
  limits: ImageLimits,
  recipe: PrepareRecipe,
): string | null {
  const size = `The image has ${width} x ${height} pixels`;
  if (width * height > limits.maxPixels) {
    return `${size}, and at most ${limits.maxPixels / 1e6} megapixels are decoded: make it smaller first.`;
  }
  const shorter = Math.min(width, height);
  if (shorter < limits.minSidePx) {
    return `${size}, and each side needs at least ${limits.minSidePx}: get a larger copy, or take its row out.`;
  }
  const preparedShorter = Math.round(shorter * Math.min(1, recipe.maxSidePx / Math.max(width, height)));
  if (preparedShorter < limits.minSidePx) {
    return `${size}, too narrow to be shown at ${recipe.maxSidePx} on its longer side: crop it.`;
  }
  return null;
}

function damaged(format: ImageFormat, part: 'header' | 'pixels', problem: string): string {
  return `The file begins as ${format.toUpperCase()}, but its ${part} can't be read to the end (${problem}): fetch it again.`;
}

function rejected(reason: string): PrepareResult {
  return { kind: 'rejected', reason };
}
