import { ASPECTS, type Aspect, type MosScale, type Rating } from '@retort/schema';
import type { ColumnIndexes } from './columns.ts';
import { parseDecimal } from './decimal.ts';

type Parsed<T> = { readonly value: T } | { readonly reason: string };

/** Aspects for which a table has a column of MOS. */
export function ratedAspects(columns: ColumnIndexes): readonly Aspect[] {
  return ASPECTS.filter((aspect) => columns[`mos_${aspect}`] !== undefined);
}

/**
 * Reads the ratings of one record. An empty MOS is no rating for that aspect; an empty standard deviation is null. A text
 * that isn't a number, or a MOS outside `scale`, is the reason to reject the row.
 */
export function parseRatings(
  fields: readonly string[],
  columns: ColumnIndexes,
  scale: MosScale,
): Parsed<readonly Rating[]> {
  const ratings: Rating[] = [];
  for (const aspect of ratedAspects(columns)) {
    const mosText = textAt(fields, columns[`mos_${aspect}`]);
    if (mosText === '') continue;
    const mos = parseMos(aspect, mosText, scale);
    if ('reason' in mos) return mos;
    const mosStd = parseMosStd(aspect, textAt(fields, columns[`mos_${aspect}_std`]));
    if ('reason' in mosStd) return mosStd;
    ratings.push({ aspect, mos: mos.value, mosStd: mosStd.value });
  }
  return { value: ratings };
}

/** What stands in a column, without white space around it; empty when the table doesn't have the column. */
export function textAt(fields: readonly string[], index: number | undefined): string {
  return (index === undefined ? '' : (fields[index] ?? '')).trim();
}

function parseMos(aspect: Aspect, text: string, scale: MosScale): Parsed<number> {
  const value = parseDecimal(text);
  if (value === null) {
    return { reason: `The MOS of ${aspect} should be a number and is "${text}": mend or empty it.` };
  }
  if (value < scale.min || value > scale.max) {
    return {
      reason:
        `The MOS of ${aspect} should lie on the scale ${scale.min} to ${scale.max} and is ${text}: ` +
        'mend it, or say the right scale with --scale.',
    };
  }
  return { value };
}

function parseMosStd(aspect: Aspect, text: string): Parsed<number | null> {
  if (text === '') return { value: null };
  const value = parseDecimal(text);
  if (value === null || value < 0) {
    return {
      reason: `The standard deviation of ${aspect} should be a number from 0 up and is "${text}": mend or empty it.`,
    };
  }
  return { value };
}
