import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configureImageDecoding } from '../../packages/images/src/index.ts';

describe('configureImageDecoding', () => {
  it.each([
    [2, 8, 4],
    [3, 8, 2],
    [16, 8, 1],
  ])('gives each of %i images its share of %i cores: %i', (parallelImages, cores, threads) => {
    const before = sharp.concurrency();
    onTestFinished(() => {
      sharp.concurrency(before);
    });
    configureImageDecoding(parallelImages, cores);
    expect(sharp.concurrency()).toBe(threads);
    expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, files: { max: 0 }, items: { max: 0 } });
  });
});
