import type { Sharp } from 'sharp';

/** What people do to a picture that stays the same picture. Sides are shares, so that any size will do. */
export interface PlantedCopy {
  readonly name: string;
  change(picture: Sharp, side: { readonly width: number; readonly height: number }): Sharp;
}

type Side = Parameters<PlantedCopy['change']>[1];

const resized =
  (factor: number) =>
  (picture: Sharp, { width, height }: Side) =>
    picture.resize({ width: Math.round(width * factor), height: Math.round(height * factor), fit: 'fill' });

/** Takes shares of the sides away. */
const cropped =
  (left: number, top: number, right: number, bottom: number) =>
  (picture: Sharp, { width, height }: Side) =>
    picture.extract({
      left: Math.round(width * left),
      top: Math.round(height * top),
      width: Math.round(width * (1 - left - right)),
      height: Math.round(height * (1 - top - bottom)),
    });

const evenly = (share: number) => cropped(share, share, share, share);

export const PLANTED_COPIES: readonly PlantedCopy[] = [
  { name: 'JPEG, quality 30', change: (picture) => picture.jpeg({ quality: 30 }) },
  { name: 'JPEG, quality 75', change: (picture) => picture.jpeg({ quality: 75 }) },
  { name: 'WebP, quality 50', change: (picture) => picture.webp({ quality: 50 }) },
  { name: 'half the size', change: resized(1 / 2) },
  { name: 'a third of the size', change: resized(1 / 3) },
  { name: 'twice the size', change: resized(2) },
  { name: '15 % brighter', change: (picture) => picture.modulate({ brightness: 1.15 }) },
  { name: '20 % darker', change: (picture) => picture.modulate({ brightness: 0.8 }) },
  { name: 'more contrast', change: (picture) => picture.linear(1.2, -25) },
  { name: 'gamma 1.6', change: (picture) => picture.gamma(1.6) },
  { name: 'half the saturation', change: (picture) => picture.modulate({ saturation: 0.5 }) },
  { name: 'blurred (2 px)', change: (picture) => picture.blur(2) },
  { name: 'sharpened', change: (picture) => picture.sharpen({ sigma: 1.5 }) },
  { name: 'a bar in the corner (1.2 % of the area)', change: withBar },
  { name: '1 % cropped from each side', change: evenly(0.01) },
  { name: '2 % cropped from each side', change: evenly(0.02) },
  { name: '4 % cropped from each side', change: evenly(0.04) },
  { name: '3 % cropped from top and right', change: cropped(0, 0.03, 0.03, 0) },
];

function withBar(picture: Sharp, { width, height }: Side): Sharp {
  const size = { width: Math.round(width * 0.215), height: Math.round(height * 0.055) };
  const bar = {
    create: { ...size, channels: 4, background: { r: 255, g: 255, b: 255, alpha: 0.8 } },
  } as const;
  const place = { left: Math.round(width * 0.76), top: Math.round(height * 0.925) };
  return picture.composite([{ input: bar, ...place }]);
}
