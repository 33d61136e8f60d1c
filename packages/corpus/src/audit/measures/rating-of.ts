import type { Aspect } from '@retort/schema';
import type { AuditRow } from '../audit-row.ts';
import type { RatingRow } from './rating-columns.ts';

export interface AspectRating extends RatingRow {
  readonly aspect: Aspect;
  readonly generator: string;
}

/** What is known of how a row's image was made and rated; null unless MOS, generator and image prompt all are known. */
export function ratingOf(row: AuditRow): AspectRating | null {
  const { aspect, imagePrompt, split } = row;
  const generator = row.generator ?? row.generatorSetting;
  if (aspect === null || imagePrompt === null || generator === null) return null;
  const mos = row.ratings[aspect];
  if (mos === undefined) return null;
  return { aspect, mos, generator, generatorSetting: row.generatorSetting ?? generator, imagePrompt, split };
}

/** One collector an aspect, made when its first row comes. */
export function byAspect<T>(create: () => T) {
  const known = new Map<Aspect, T>();
  return {
    get(aspect: Aspect): T {
      const found = known.get(aspect) ?? create();
      known.set(aspect, found);
      return found;
    },
    entries: (): readonly (readonly [Aspect, T])[] => [...known],
  };
}
