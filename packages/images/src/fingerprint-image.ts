import sharp from 'sharp';
import { PHASH_SIDE, phash } from './phash.ts';

/**
 * Standard deviation of the grey values (0 to 255) under which there is too little in a picture to compare: what is left
 * are the rounding errors of its compression. Our choice, see docs/experiments.md.
 */
const FLAT_DEVIATION = 1;
/** Luma of ITU-R BT.601, as Pillow's mode L has it. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * Fingerprint of a picture as a viewer shows it (`FINGERPRINT` says how it is made), to be compared by the number of bits that differ.
 *
 * @param source bytes of an image file, or the absolute path of one
 * @returns null for a picture of one colour, or nearly so: any two of them would look alike
 * @throws Error of the decoder for what isn't an image, or has a part missing
 */
export async function fingerprintImage(source: Uint8Array | string): Promise<Uint8Array | null> {
  const { data, info } = await sharp(source, { failOn: 'truncated' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    // A JPEG's decoder would make a small version faster, with its sides rounded up: the edge of a crop then turns over 6 bits more.
    .resize({
      width: PHASH_SIDE,
      height: PHASH_SIDE,
      fit: 'fill',
      kernel: 'lanczos3',
      fastShrinkOnLoad: false,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const grey = toGrey(data, info.channels);
  return deviationOf(grey) < FLAT_DEVIATION ? null : phash(grey);
}

function toGrey(pixels: Uint8Array, channels: number): Float64Array {
  const [red, green, blue] = LUMA;
  return Float64Array.from({ length: PHASH_SIDE * PHASH_SIDE }, (_, pixel) => {
    const at = (channel: number): number => pixels[pixel * channels + channel] ?? 0;
    return channels < 3 ? at(0) : red * at(0) + green * at(1) + blue * at(2);
  });
}

function deviationOf(grey: Float64Array): number {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  return Math.sqrt(grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length);
}
