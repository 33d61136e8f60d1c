import type { AuditRow } from '@retort/corpus';
import { toFivePointScale } from '@retort/schema';
import type { DatasetRow, SampleRow } from '@retort/store';

/** MOS of a sample on 0–5, for every aspect that it is rated in. */
export function ratingsOnFive(
  { ratings }: Pick<SampleRow, 'ratings'>,
  { scale }: Pick<DatasetRow, 'scale'>,
): AuditRow['ratings'] {
  return Object.fromEntries(ratings.map(({ aspect, mos }) => [aspect, toFivePointScale(mos, scale)]));
}
