import type { Sharp } from 'sharp';
import type { Kinds, Plant } from './plant.ts';

/** An image of train, made into another file, in a row of val or test. */
export const IMAGE_KINDS: Kinds = {
  'a JPEG of quality 50': copied((picture) => picture.jpeg({ quality: 50 })),
  'a WebP of quality 60': copied((picture) => picture.webp({ quality: 60 })),
  'half as wide': copied((picture) => picture.resize({ width: 256 })),
  brighter: copied((picture) => picture.modulate({ brightness: 1.1 })),
  'with more contrast': copied((picture) => picture.linear(1.1, -12)),
  sharpened: copied((picture) => picture.sharpen({ sigma: 1 })),
};

function copied(change: (picture: Sharp) => Sharp): Plant {
  return async (row, { other, copies }) =>
    row.split === 'train' || other.split !== 'train' ? null : { ...row, ...(await copies.of(other, change)) };
}
