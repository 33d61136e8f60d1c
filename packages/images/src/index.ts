export { type BlobStore, createBlobStore } from './blob-store.ts';
export { configureImageDecoding } from './configure-decoding.ts';
export {
  BlobFolderUnwritableError,
  BlobMissingError,
  DiskFullError,
  ImageUnreadableError,
} from './errors.ts';
export { fingerprintImage } from './fingerprint-image.ts';
export {
  type PreparedImage,
  type PrepareOptions,
  type PrepareResult,
  prepareImage,
} from './prepare-image.ts';
export { DEFAULT_IMAGE_LIMITS, type ImageLimits, PREPARE_V1, type PrepareRecipe } from './recipe.ts';
export type { ImageFormat } from './sniff-format.ts';
export { sweepTemporaryBlobs } from './temporary-blobs.ts';
