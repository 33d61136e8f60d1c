import type { MosScale } from '@retort/schema';
import { parseDecimal } from './decimal.ts';
import { InvalidDatasetOptionError } from './errors.ts';

/**
 * Reads `--scale`: `0:100`.
 *
 * @throws InvalidDatasetOptionError it isn't two numbers, the lower one first
 */
export function parseScale(text: string): MosScale {
  const bounds = text.split(':').map(parseDecimal);
  const [min, max] = bounds;
  if (bounds.length !== 2 || min == null || max == null || min >= max) {
    throw new InvalidDatasetOptionError(
      `--scale wants the lowest and the highest MOS, like 0:5 or 0:100, and got "${text}".`,
    );
  }
  return { min, max };
}
