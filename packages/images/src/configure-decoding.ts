import { availableParallelism } from 'node:os';
import sharp from 'sharp';

/**
 * Shares the processor between the images that one process prepares at a time, and turns off the decoder's cache, since
 * no image is read twice. Call it once when a worker starts; it concerns the whole process.
 */
export function configureImageDecoding(parallelImages: number, cores = availableParallelism()): void {
  sharp.cache(false);
  sharp.concurrency(Math.max(1, Math.floor(cores / parallelImages)));
}
